// The windows of images as rows of a matrix, and back: with them a convolution is a product of matrices.
#ifndef KSHOT_PATCHES_H_
#define KSHOT_PATCHES_H_

#include <algorithm>
#include <cstring>

#include "threads.h"

namespace kshot {

/// n images of h x w x c, gone through by windows of kh x kw that start at (-top, -left) and lie a stride apart.
struct Windows {
  long n, h, w, c, oh, ow, kh, kw, sh, sw, top, left;

  long images() const { return n * h * w * c; }
  long rows() const { return n * oh * ow; }
  long row() const { return kh * kw * c; }
  long numbers() const { return rows() * row(); }
};

/// Calls f(of the image, of the row, how many) for each stretch of a window's line that lies in its image;
/// numbers of the row outside of the image are not spoken of.
template <typename F>
void eachStretch(const Windows &v, long image, long oy, long ox, F f) {
  const long x0 = ox * v.sw - v.left, from = std::max(0L, -x0), to = std::min(v.kw, v.w - x0);
  if (from >= to) return;
  for (long ky = 0; ky < v.kh; ky++) {
    const long y = oy * v.sh - v.top + ky;
    if (y < 0 || y >= v.h) continue;
    f(((image * v.h + y) * v.w + x0 + from) * v.c, (ky * v.kw + from) * v.c, (to - from) * v.c);
  }
}

template <typename F>
void eachRow(const Windows &v, F f) {
  Threads::all().run(v.n, [&](long image) {
    for (long oy = 0; oy < v.oh; oy++)
      for (long ox = 0; ox < v.ow; ox++) f(image, oy, ox, ((image * v.oh + oy) * v.ow + ox) * v.row());
  });
}

/// A row of kh kw c numbers for each window, zero where it reaches out of its image.
inline void patches(const Windows &v, const float *x, float *rows) {
  eachRow(v, [&](long image, long oy, long ox, long at) {
    float *row = rows + at;
    const bool inside = oy * v.sh >= v.top && oy * v.sh - v.top + v.kh <= v.h && ox * v.sw >= v.left &&
                        ox * v.sw - v.left + v.kw <= v.w;
    if (!inside) std::memset(row, 0, v.row() * sizeof(float));
    eachStretch(v, image, oy, ox, [&](long from, long to, long count) {
      std::memcpy(row + to, x + from, count * sizeof(float));
    });
  });
}

inline void addTo(long count, const float *__restrict a, float *__restrict sum) {
  for (long i = 0; i < count; i++) sum[i] += a[i];
}

/// The other way round: each number of an image is the sum of all numbers of rows that were taken from it.
inline void fromPatches(const Windows &v, const float *rows, float *x) {
  const long image = v.h * v.w * v.c;
  Threads::all().run(v.n, [&](long i) { std::memset(x + i * image, 0, image * sizeof(float)); });
  eachRow(v, [&](long image, long oy, long ox, long at) {
    eachStretch(v, image, oy, ox, [&](long to, long from, long count) { addTo(count, rows + at + from, x + to); });
  });
}

}  // namespace kshot

#endif
