// Batch normalisation with the statistics of the batch, a ReLU and a 2 x 2 max-pool after it where they are
// wanted, and both derivatives, in groups: see BatchNormTrain and BatchNormPool in kshot's core/src/kernels.ts.
//
// Everything is a sum over rows for each channel, then a map of rows whose coefficients are those sums. Rows are
// cut into pieces by their number alone, and the sums of the pieces are added in order.
#ifndef KSHOT_BATCH_NORM_H_
#define KSHOT_BATCH_NORM_H_

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "threads.h"

namespace kshot {

struct BatchNorm {
  long groups, n, h, w, c;  // without a pool, h = w = 1 and n counts rows
  bool pool, relu;
  float epsilon;
  bool shared;  // whether all groups have one gamma and beta

  long rows() const { return n * h * w; }
  long oh() const { return h / 2; }
  long ow() const { return w / 2; }
  long pooled() const { return pool ? n * oh() * ow() : rows(); }
  // lines of windows of an image, the last one without a second row where h is odd
  long lines() const { return pool ? n * ((h + 1) / 2) : n; }
  long affine(long group) const { return shared ? 0 : group * c; }
};

constexpr long kPiece = 16384;  // numbers of a piece, that a core's cache holds
constexpr long kLines = 512;    // and its lines: the sums of more are less exact in float

/// For each channel of a group, in double: numbers that the rows were summed to.
using Sums = std::vector<double>;

/// The pieces that the lines of a group are cut into.
struct Pieces {
  long length, count;
  explicit Pieces(const BatchNorm &b) {
    const long perLine = b.c * (b.pool ? 2 * b.w : 1);
    length = std::min(kLines, std::max(1L, kPiece / std::max(1L, perLine)));
    count = (b.lines() + length - 1) / length;
  }
};

/// Calls f(group, piece, first line, last line) for all pieces of all groups.
template <typename F>
void eachPiece(const BatchNorm &b, F f) {
  const Pieces pieces(b);
  if (pieces.count == 0) return;
  Threads::all().run(b.groups * pieces.count, [&](long i) {
    const long piece = i % pieces.count, from = piece * pieces.length;
    f(i / pieces.count, piece, from, std::min(b.lines(), from + pieces.length));
  });
}

/// Sums pieces: f(group, from, to, sums) adds to `count` numbers a channel, sums[k * c + channel].
template <typename F>
Sums sumPieces(const BatchNorm &b, int count, F f) {
  const Pieces pieces(b);
  const long width = count * b.c;
  std::vector<float> parts(b.groups * pieces.count * width, 0.f);
  eachPiece(b, [&](long group, long piece, long from, long to) {
    f(group, from, to, &parts[(group * pieces.count + piece) * width]);
  });
  Sums sums(b.groups * width, 0.0);
  for (long group = 0; group < b.groups; group++)
    for (long piece = 0; piece < pieces.count; piece++)
      for (long i = 0; i < width; i++)
        sums[group * width + i] += parts[(group * pieces.count + piece) * width + i];
  return sums;
}

/// The rows [first, last) of a group that lie in its lines [from, to).
inline void rowsOf(const BatchNorm &b, long from, long to, long *first, long *last) {
  if (!b.pool) {
    *first = from;
    *last = to;
    return;
  }
  const long perImage = (b.h + 1) / 2;
  const auto row = [&](long line) {
    return (line / perImage * b.h + std::min(b.h, line % perImage * 2)) * b.w;
  };
  *first = row(from);
  *last = row(to);
}

/// A line of windows: where its rows of x lie, as numbers of rows, and where its results do.
struct Line {
  long top, bottom, out;
  bool windows;  // whether there is a second row
};

inline Line lineOf(const BatchNorm &b, long line) {
  const long perImage = (b.h + 1) / 2, image = line / perImage, r = line % perImage;
  const long top = (image * b.h + 2 * r) * b.w;
  return {top, top + b.w, (image * b.oh() + r) * b.ow(), 2 * r + 1 < b.h};
}

// Mean and biased variance: of each piece in two passes, the second of which corrects the first, then joined
// (Chan et al. 1979).
inline void statistics(const BatchNorm &b, const float *x, float *mean, float *variance) {
  const Pieces pieces(b);
  const long c = b.c, width = 2 * c;
  std::vector<double> parts(b.groups * pieces.count * width, 0.0);
  eachPiece(b, [&](long group, long piece, long from, long to) {
    long first, last;
    rowsOf(b, from, to, &first, &last);
    const long rows = last - first;
    if (rows == 0) return;
    const float *at = x + (group * b.rows() + first) * c;
    std::vector<float> about(at, at + c), sum(c, 0.f), rest(c, 0.f), squares(c, 0.f);
    float *__restrict m = about.data(), *__restrict s = sum.data();
    float *__restrict d1 = rest.data(), *__restrict d2 = squares.data();
    for (long row = 0; row < rows; row++)
      for (long j = 0; j < c; j++) s[j] += at[row * c + j] - m[j];
    for (long j = 0; j < c; j++) m[j] += s[j] / rows;
    for (long row = 0; row < rows; row++)
      for (long j = 0; j < c; j++) {
        const float d = at[row * c + j] - m[j];
        d1[j] += d;
        d2[j] += d * d;
      }
    double *part = &parts[(group * pieces.count + piece) * width];
    for (long j = 0; j < c; j++) {
      part[j] = m[j] + (double)d1[j] / rows;
      part[c + j] = std::max(0.0, d2[j] - (double)d1[j] * d1[j] / rows);
    }
  });
  for (long group = 0; group < b.groups; group++) {
    for (long j = 0; j < c; j++) {
      double count = 0, mu = 0, squares = 0;
      for (long piece = 0; piece < pieces.count; piece++) {
        const double *part = &parts[(group * pieces.count + piece) * width];
        long first, last;
        rowsOf(b, piece * pieces.length, std::min(b.lines(), (piece + 1) * pieces.length), &first,
               &last);
        const double more = last - first, total = count + more;
        if (more == 0) continue;
        const double distance = part[j] - mu;
        mu += distance * more / total;
        squares += part[c + j] + distance * distance * count * more / total;
        count = total;
      }
      mean[group * c + j] = mu;
      variance[group * c + j] = count > 0 ? squares / count : 0;
    }
  }
}

/// Coefficients of the channels of all groups.
using Coefficients = std::vector<float>;

inline Coefficients inverse(const BatchNorm &b, const float *variance) {
  Coefficients r(b.groups * b.c);
  for (size_t i = 0; i < r.size(); i++) r[i] = 1.0 / std::sqrt((double)variance[i] + b.epsilon);
  return r;
}

/// y = scale x + shift.
struct Normal {
  Coefficients scale, shift;
  Normal(const BatchNorm &b, const float *gamma, const float *beta, const float *mean,
         const Coefficients &r)
      : scale(r.size()), shift(r.size()) {
    for (long group = 0; group < b.groups; group++)
      for (long j = 0; j < b.c; j++) {
        const long i = group * b.c + j, a = b.affine(group) + j;
        scale[i] = gamma[a] * r[i];
        shift[i] = beta[a] - (double)mean[i] * scale[i];
      }
  }
};

inline void forward(const BatchNorm &b, const float *x, const float *gamma, const float *beta, float *y,
                    float *mean, float *variance) {
  statistics(b, x, mean, variance);
  const Coefficients r = inverse(b, variance);
  const Normal normal(b, gamma, beta, mean, r);
  const float floor = b.relu ? 0.f : -INFINITY;
  const long c = b.c;
  eachPiece(b, [&](long group, long, long from, long to) {
    const float *__restrict a = &normal.scale[group * c];
    const float *__restrict s = &normal.shift[group * c];
    const float *xs = x + group * b.rows() * c;
    float *ys = y + group * b.pooled() * c;
    for (long l = from; l < to; l++) {
      if (!b.pool) {
        const float *__restrict in = xs + l * c;
        float *__restrict out = ys + l * c;
        for (long j = 0; j < c; j++) {
          const float v = in[j] * a[j] + s[j];
          out[j] = v < floor ? floor : v;
        }
        continue;
      }
      const Line line = lineOf(b, l);
      if (!line.windows) continue;
      for (long i = 0; i < b.ow(); i++) {
        const float *__restrict p = xs + (line.top + 2 * i) * c;
        const float *__restrict q = xs + (line.bottom + 2 * i) * c;
        float *__restrict out = ys + (line.out + i) * c;
        for (long j = 0; j < c; j++) {
          const float v0 = p[j] * a[j] + s[j], v1 = p[c + j] * a[j] + s[j];
          const float v2 = q[j] * a[j] + s[j], v3 = q[c + j] * a[j] + s[j];
          float best = v1 > v0 ? v1 : v0;
          best = v2 > best ? v2 : best;
          best = v3 > best ? v3 : best;
          out[j] = best < floor ? floor : best;
        }
      }
    }
  });
}

/// Walks rows: f(where, at, dy at, weight) of each number, with the weight 1 where dy reaches it.
///
/// For each row of channels f gets the pointers of up to 4 rows of x in a window, and their masks. To be
/// vectorised, masks are computed for all channels of a window first.
struct Window {
  long at[4];      // rows of x
  long out;        // row of y; -1 where the window gives none
  int count;       // rows that are there
};

template <typename F>
void eachWindow(const BatchNorm &b, long from, long to, F f) {
  for (long l = from; l < to; l++) {
    if (!b.pool) {
      f(Window{{l, 0, 0, 0}, l, 1});
      continue;
    }
    const Line line = lineOf(b, l);
    for (long i = 0; i < b.ow(); i++) {
      const long p = line.top + 2 * i, q = line.bottom + 2 * i;
      if (line.windows) f(Window{{p, p + 1, q, q + 1}, line.out + i, 4});
      else f(Window{{p, p + 1, 0, 0}, -1, 2});
    }
    if (b.w % 2) {
      const long p = line.top + b.w - 1, q = line.bottom + b.w - 1;
      f(Window{{p, q, 0, 0}, -1, line.windows ? 2 : 1});
    }
  }
}

/// For each channel of a window: which of its rows has the maximum, -1 where the ReLU is closed.
inline void arguments(const BatchNorm &b, const Window &window, const float *xs, const float *__restrict a,
                      const float *__restrict s, int *__restrict which) {
  const long c = b.c;
  const float floor = b.relu ? 0.f : -INFINITY;
  const float *__restrict p0 = xs + window.at[0] * c;
  if (window.count == 1) {
    for (long j = 0; j < c; j++) which[j] = p0[j] * a[j] + s[j] > floor ? 0 : -1;
    return;
  }
  const float *__restrict p1 = xs + window.at[1] * c;
  const float *__restrict p2 = xs + window.at[2] * c;
  const float *__restrict p3 = xs + window.at[3] * c;
  for (long j = 0; j < c; j++) {
    const float v0 = p0[j] * a[j] + s[j], v1 = p1[j] * a[j] + s[j];
    const float v2 = p2[j] * a[j] + s[j], v3 = p3[j] * a[j] + s[j];
    float best = v0;
    int index = 0;
    index = v1 > best ? 1 : index;
    best = v1 > best ? v1 : best;
    index = v2 > best ? 2 : index;
    best = v2 > best ? v2 : best;
    index = v3 > best ? 3 : index;
    best = v3 > best ? v3 : best;
    which[j] = best > floor ? index : -1;
  }
}

// Rows are functions of their own: only of arguments does a compiler believe that none overlaps another, and
// without that it takes the channels one by one.

inline void addBackward(long c, int k, const int *__restrict at, const float *__restrict d,
                        const float *__restrict x, const float *__restrict m, float *__restrict g1,
                        float *__restrict gx) {
  for (long j = 0; j < c; j++) {
    const float g = at[j] == k ? d[j] : 0.f;
    g1[j] += g;
    gx[j] += g * (x[j] - m[j]);
  }
}

inline void backwardRow(long c, int k, const int *__restrict at, const float *__restrict d,
                        const float *__restrict x, const float *__restrict A, const float *__restrict B,
                        const float *__restrict C, float *__restrict dx) {
  for (long j = 0; j < c; j++) dx[j] = A[j] * (at[j] == k ? d[j] : 0.f) + B[j] * x[j] + C[j];
}

inline void backward(const BatchNorm &b, const float *dy, const float *x, const float *gamma,
                     const float *beta, const float *mean, const float *variance, float *dx, float *dgamma,
                     float *dbeta) {
  const Coefficients r = inverse(b, variance);
  const Normal normal(b, gamma, beta, mean, r);
  const long c = b.c;
  // Σ g and Σ g (x − mean)
  const Sums sums = sumPieces(b, 2, [&](long group, long from, long to, float *sums) {
    const float *a = &normal.scale[group * c], *s = &normal.shift[group * c];
    const float *m = mean + group * c;
    const float *xs = x + group * b.rows() * c, *dys = dy + group * b.pooled() * c;
    std::vector<int> which(c);
    eachWindow(b, from, to, [&](const Window &window) {
      if (window.out < 0) return;
      arguments(b, window, xs, a, s, which.data());
      const float *d = dys + window.out * c;
      for (int k = 0; k < window.count; k++)
        addBackward(c, k, which.data(), d, xs + window.at[k] * c, m, sums, sums + c);
    });
  });
  const double count = std::max(1L, b.rows());
  Coefficients onG(r.size()), onX(r.size()), rest(r.size());
  for (long group = 0; group < b.groups; group++)
    for (long j = 0; j < c; j++) {
      const long i = group * c + j;
      const double g = sums[group * 2 * c + j], gh = sums[group * 2 * c + c + j] * r[i];
      const double scale = (double)gamma[b.affine(group) + j] * r[i];
      dbeta[i] = g;
      dgamma[i] = gh;
      onG[i] = scale;
      onX[i] = -scale * gh / count * r[i];
      rest[i] = -scale * g / count - (double)onX[i] * mean[i];
    }
  eachPiece(b, [&](long group, long, long from, long to) {
    const float *a = &normal.scale[group * c], *s = &normal.shift[group * c];
    const float *A = &onG[group * c], *B = &onX[group * c], *C = &rest[group * c];
    const float *xs = x + group * b.rows() * c, *dys = dy + group * b.pooled() * c;
    float *dxs = dx + group * b.rows() * c;
    std::vector<int> which(c, -1);
    const std::vector<float> none(c, 0.f);
    eachWindow(b, from, to, [&](const Window &window) {
      if (window.out >= 0) arguments(b, window, xs, a, s, which.data());
      const float *d = window.out < 0 ? none.data() : dys + window.out * c;
      for (int k = 0; k < window.count; k++) {
        const long row = window.at[k] * c;
        backwardRow(c, k, which.data(), d, xs + row, A, B, C, dxs + row);
      }
    });
  });
}

struct Twice {
  const float *ddx, *ddgamma, *ddbeta, *dy, *x, *gamma, *beta, *mean, *variance;
  float *ddy, *dx, *dgamma;
};

inline void addTwice(long c, int k, const int *__restrict at, const float *__restrict d,
                     const float *__restrict x, const float *__restrict ddx, const float *__restrict m,
                     float *__restrict u1, float *__restrict ux, float *__restrict g1, float *__restrict gx,
                     float *__restrict ug) {
  for (long j = 0; j < c; j++) {
    const float g = at[j] == k ? d[j] : 0.f, centred = x[j] - m[j], u = ddx[j];
    u1[j] += u;
    ux[j] += u * centred;
    g1[j] += g;
    gx[j] += g * centred;
    ug[j] += u * g;
  }
}

inline void twiceRow(long c, int k, const int *__restrict at, const float *__restrict d,
                     const float *__restrict x, const float *__restrict u, const float *__restrict A,
                     const float *__restrict B, const float *__restrict C, const float *__restrict D,
                     float *__restrict dx) {
  for (long j = 0; j < c; j++)
    dx[j] = A[j] * u[j] + B[j] * (at[j] == k ? d[j] : 0.f) + C[j] * x[j] + D[j];
}

inline void twiceOfDy(long c, int k, const int *__restrict at, const float *__restrict x,
                      const float *__restrict u, const float *__restrict P, const float *__restrict Q,
                      const float *__restrict R, float *__restrict ddy) {
  for (long j = 0; j < c; j++) ddy[j] = at[j] == k ? P[j] * u[j] + Q[j] * x[j] + R[j] : ddy[j];
}

inline void twice(const BatchNorm &b, const Twice &t) {
  const Coefficients r = inverse(b, t.variance);
  const Normal normal(b, t.gamma, t.beta, t.mean, r);
  const long c = b.c;
  // Σ u, Σ u (x − mean), Σ g, Σ g (x − mean), Σ u g
  const Sums sums = sumPieces(b, 5, [&](long group, long from, long to, float *sums) {
    const float *a = &normal.scale[group * c], *s = &normal.shift[group * c];
    const float *m = t.mean + group * c;
    const float *xs = t.x + group * b.rows() * c, *us = t.ddx + group * b.rows() * c;
    const float *dys = t.dy + group * b.pooled() * c;
    std::vector<int> which(c, -1);
    const std::vector<float> none(c, 0.f);
    eachWindow(b, from, to, [&](const Window &window) {
      if (window.out >= 0) arguments(b, window, xs, a, s, which.data());
      const float *d = window.out < 0 ? none.data() : dys + window.out * c;
      for (int k = 0; k < window.count; k++) {
        const long row = window.at[k] * c;
        addTwice(c, k, which.data(), d, xs + row, us + row, m, sums, sums + c, sums + 2 * c, sums + 3 * c,
                 sums + 4 * c);
      }
    });
  });
  const double count = std::max(1L, b.rows());
  const size_t all = r.size();
  // ddy = P u + Q x + R where dy reaches; dx = A u + B g + C x + D
  Coefficients P(all), Q(all), R(all), A(all), B(all), C(all), D(all);
  for (long group = 0; group < b.groups; group++)
    for (long j = 0; j < c; j++) {
      const long i = group * c + j;
      const double *S = &sums[group * 5 * c + j];
      const double ri = r[i], mu = t.mean[i], gamma = t.gamma[b.affine(group) + j];
      const double u = S[0] / count, uh = S[c] * ri / count, g = S[2 * c] / count;
      const double gh = S[3 * c] * ri / count, ug = S[4 * c] / count;
      const double k = count * (ug - u * g - uh * gh);
      const double onHat = -gamma * ri * uh + t.ddgamma[i];
      P[i] = gamma * ri;
      Q[i] = onHat * ri;
      R[i] = t.ddbeta[i] - gamma * ri * u - onHat * ri * mu;
      const double onU = -gamma * ri * gh, onG = -gamma * ri * uh + t.ddgamma[i];
      const double v = onU * u + onG * g, vh = onU * uh + onG * gh;
      const double hat = -ri * vh - gamma * k * ri * ri / count;
      A[i] = ri * onU;
      B[i] = ri * onG;
      C[i] = hat * ri;
      D[i] = -ri * v - hat * ri * mu;
      t.dgamma[i] = ri * k;
    }
  eachPiece(b, [&](long group, long, long from, long to) {
    const long o = group * c;
    const float *a = &normal.scale[o], *s = &normal.shift[o];
    const float *xs = t.x + group * b.rows() * c, *us = t.ddx + group * b.rows() * c;
    const float *dys = t.dy + group * b.pooled() * c;
    float *ddys = t.ddy + group * b.pooled() * c, *dxs = t.dx + group * b.rows() * c;
    std::vector<int> which(c, -1);
    std::vector<float> none(c, 0.f), unread(c, 0.f);
    const std::vector<int> nowhere(c, -1);
    eachWindow(b, from, to, [&](const Window &window) {
      const bool open = window.out >= 0;
      if (open) arguments(b, window, xs, a, s, which.data());
      const float *d = open ? dys + window.out * c : none.data();
      float *dd = open ? ddys + window.out * c : unread.data();
      if (open) std::memset(dd, 0, c * sizeof(float));
      for (int k = 0; k < window.count; k++) {
        const long row = window.at[k] * c;
        const int *at = open ? which.data() : nowhere.data();
        twiceRow(c, k, at, d, xs + row, us + row, &A[o], &B[o], &C[o], &D[o], dxs + row);
        twiceOfDy(c, k, at, xs + row, us + row, &P[o], &Q[o], &R[o], dd);
      }
    });
  });
}

}  // namespace kshot

#endif
