#!/bin/sh
# Downloads the Debian packages of debian-packages.txt and unpacks them into debian/ (nothing is installed).
set -eu
cd "$(dirname "$0")"
rm -rf debian
mkdir -p debian/packages
(cd debian/packages && xargs apt-get download <../../debian-packages.txt)
for file in debian/packages/*.deb; do
  dpkg-deb -x "$file" "debian/$(dpkg-deb -f "$file" Package)"
done
