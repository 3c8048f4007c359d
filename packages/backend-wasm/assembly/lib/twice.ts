// The derivative of u · dx + s · dγ + t · dβ in dy, x and γ, where u, s and t are ddx, ddγ and ddβ.
//
// With g = dy where the ReLU is open, x̂ = (x − μ) / √(σ² + ε) = (x − μ) r, and sums over the n examples
// U = Σu, G = Σg, A = Σug, P = Σu x̂, Q = Σg x̂:
//   u · dx = γ r k, k = A − U G / n − P Q / n,   s · dγ = s Q,   t · dβ = t G
// from which the rest follows by the rules.

/**
 * The factors of ddy = a u + f1 (x − μ) + f2 where the ReLU is open, and of dx = f3 u + f1 g + f4 (x − μ) + f5;
 * and dγ. The sums lie one after the other, `[5, c]`, those of P and Q with x − μ in the place of x̂.
 */
export function solve(
  stride: usize, n: f64, gamma: usize, ddgamma: usize, ddbeta: usize, r: f64,
  sums: usize, factors: usize, dgamma: usize,
): void {
  const next = stride * 2
  const U = load<f64>(sums), G = load<f64>(sums + next), A = load<f64>(sums + next * 2)
  const P = load<f64>(sums + next * 3) * r, Q = load<f64>(sums + next * 4) * r
  const s = <f64>load<f32>(ddgamma), t = <f64>load<f32>(ddbeta)
  const a = <f64>load<f32>(gamma) * r
  const k = A - (U * G + P * Q) / n
  store<f32>(dgamma, <f32>(r * k))
  store<f32>(factors + stride, <f32>(r * (s - a * P / n)))
  store<f32>(factors + stride * 2, <f32>(t - a * U / n))
  store<f32>(factors + stride * 3, <f32>(-a * r * Q / n))
  store<f32>(factors + stride * 4, <f32>(-r * r / n * (s * Q - 2 * a * P * Q / n + a * k)))
  store<f32>(factors + stride * 5, <f32>(-r / n * (s * G - a * (Q * U + P * G) / n)))
}
