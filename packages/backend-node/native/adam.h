// Adam's direction and moments in one pass: see ScaleByAdam in kshot's core/src/kernels.ts.
#ifndef KSHOT_ADAM_H_
#define KSHOT_ADAM_H_

#include <algorithm>
#include <cmath>

#include "threads.h"

namespace kshot {

struct Adam {
  float b1, c1, b2, c2, eps, unbiasM, unbiasV;  // c1 = 1 - b1, c2 = 1 - b2
};

inline void scaleByAdam(const Adam &a, long n, const float *gradient, const float *m, const float *v,
                        float *direction, float *nextM, float *nextV) {
  constexpr long kPiece = 65536;
  Threads::all().run((n + kPiece - 1) / kPiece, [&](long piece) {
    const long from = piece * kPiece, to = std::min(n, from + kPiece);
    const float *__restrict g = gradient, *__restrict pm = m, *__restrict pv = v;
    float *__restrict d = direction, *__restrict qm = nextM, *__restrict qv = nextV;
    for (long i = from; i < to; i++) {
      const float first = pm[i] * a.b1 + g[i] * a.c1, second = pv[i] * a.b2 + g[i] * g[i] * a.c2;
      qm[i] = first;
      qv[i] = second;
      d[i] = first * a.unbiasM / (std::sqrt(second * a.unbiasV) + a.eps);
    }
  });
}

}  // namespace kshot

#endif
