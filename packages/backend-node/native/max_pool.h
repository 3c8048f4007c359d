// Max-pooling by 2 x 2 windows side by side, backwards: of equal numbers the first in reading order counts.
#ifndef KSHOT_MAX_POOL_H_
#define KSHOT_MAX_POOL_H_

#include "batch_norm.h"

namespace kshot {

/// The geometry of a pool over images, as one of batch norm that changes nothing.
inline BatchNorm poolOf(long n, long h, long w, long c) {
  return {1, n, h, w, c, true, false, 0.f, true};
}

/// dx has dy where x has its maxima, else 0; with `take`, y has the numbers of v there.
inline void maxPool(const BatchNorm &b, const float *x, const float *v, float *result, bool take) {
  const long c = b.c;
  const std::vector<float> one(c, 1.f), zero(c, 0.f);
  eachPiece(b, [&](long, long, long from, long to) {
    std::vector<int> which(c, -1);
    eachWindow(b, from, to, [&](const Window &window) {
      if (window.out >= 0) arguments(b, window, x, one.data(), zero.data(), which.data());
      const int *__restrict at = which.data();
      for (int k = 0; k < window.count; k++) {
        if (take) {
          if (window.out < 0) return;
          const float *__restrict in = v + window.at[k] * c;
          float *__restrict out = result + window.out * c;
          for (long j = 0; j < c; j++) out[j] = std::max(at[j], 0) == k ? in[j] : k == 0 ? 0.f : out[j];
        } else {
          float *__restrict out = result + window.at[k] * c;
          if (window.out < 0) {
            std::memset(out, 0, c * sizeof(float));
            continue;
          }
          const float *__restrict d = v + window.out * c;
          for (long j = 0; j < c; j++) out[j] = std::max(at[j], 0) == k ? d[j] : 0.f;
        }
      }
    });
  });
}

}  // namespace kshot

#endif
