// Functions of a vector, each within a few units of the last place of single precision. The coefficients are
// minimax fits of our own to the function named beside them.

INLINE vector rounded(vector x) {
  // Adding 1.5·2²³ leaves no fraction; |x| is below 2²².
  const float shift = 12582912.0f;
  return (x + shift) - shift;
}

/// e^x; 0 below −87.3 and 2¹²⁸ above 88.7 are not told from the ends.
INLINE vector exponential(vector x) {
  // What is no number stays one.
  vector within = choose(x > 88.7f, splat(88.7f), x);
  within = choose(within < -87.3f, splat(-87.3f), within);
  vector n = rounded(within * 1.44269504f);
  // ln 2 in two parts, of which the first has few digits.
  vector r = (within - n * 0.693145752f) - n * 1.42860677e-6f;
  // (e^r − 1 − r)/r² on ±ln(2)/2
  vector q = 0.5f + r * (0.166665122f + r * (0.0416661873f + r * (0.00836959854f + r * 0.00139517174f)));
  vector p = 1 + (r + r * r * q);
  // In two steps: 2^128 is no number, and e^88.7 is one.
  integers half = __builtin_convertvector(n * 0.5f, integers);
  integers rest = __builtin_convertvector(n, integers) - half;
  vector y = p * (vector)((half + 127) << 23) * (vector)((rest + 127) << 23);
  return choose(x > 88.8f, splat(__builtin_inff()), choose(x < -87.3f, splat(0), y));
}

/// ln x; −∞ for 0, no number below it.
INLINE vector logarithm(vector x) {
  integers bits = (integers)x;
  // x = 2^e·m with m in [√½, √2)
  integers e = (bits - 0x3f3504f3) >> 23;
  vector m = (vector)(bits - (e << 23));
  vector f = m - 1;
  // (ln(1 + f) − f + f²/2)/f³ on that range
  vector p = 0.333333135f
      + f * (-0.250000089f + f * (0.200021192f + f * (-0.166679963f + f * (0.142195508f
      + f * (-0.124055915f + f * (0.118881747f + f * (-0.116756409f + f * 0.0674660131f)))))));
  vector n = __builtin_convertvector(e, vector);
  vector f2 = f * f;
  vector y = n * 0.693145752f + (f + (n * 1.42860677e-6f + (f * f2 * p - 0.5f * f2)));
  y = choose(x == __builtin_inff(), x, y);
  y = choose(x == 0, splat(-__builtin_inff()), y);
  return choose((x < 0) | (x != x), splat(__builtin_nanf("")), y);
}

INLINE vector reciprocal(vector x) { return 1 / x; }
INLINE vector square_root(vector x) { return __builtin_elementwise_sqrt(x); }
INLINE vector absolute(vector x) { return (vector)((integers)x & 0x7fffffff); }
INLINE vector with_sign_of(vector x, vector sign) {
  return (vector)((integers)x | ((integers)sign & (int32_t)0x80000000));
}
INLINE vector sigmoid(vector x) { return 1 / (1 + exponential(-x)); }
INLINE vector relu(vector x) { return choose(x > 0, x, choose(x != x, x, splat(0))); }
INLINE vector step(vector x) { return choose(x > 0, splat(1), splat(0)); }
INLINE vector sign(vector x) { return choose(x > 0, splat(1), choose(x < 0, splat(-1), splat(0))); }

INLINE vector hyperbolic_tangent(vector x) {
  vector a = absolute(x), s = x * x;
  // (tanh(x) − x)/x³ of x² up to 0.625²
  vector p = -0.333332837f
      + s * (0.133314908f + s * (-0.0537434965f + s * (0.0206505787f + s * -0.00571703678f)));
  vector near = x + x * s * p;
  vector far = with_sign_of(1 - 2 / (exponential(2 * a) + 1), x);
  return choose(a < 0.625f, near, far);
}

/// max(x, 0) + ln(1 + e^−|x|)
INLINE vector softplus(vector x) {
  vector u = exponential(-absolute(x));
  // ln(1 + u)/u on [0, 1]
  vector p = 1 + u * (-0.499999017f + u * (0.333299637f + u * (-0.249541327f + u * (0.196759313f
      + u * (-0.153055698f + u * (0.106036164f + u * (-0.0569591559f + u * (0.0198512617f
      + u * -0.00324398046f))))))));
  return relu(x) + u * p;
}

INLINE vector error_function(vector x) {
  vector within = choose(x > 3.9f, splat(3.9f), x);
  within = choose(within < -3.9f, splat(-3.9f), within);
  vector s = within * within;
  // erf(x)/x of x² up to 3.9²
  vector p = 1.12837911f + s * (0.189668462f + s * (0.0526682995f
      + s * (0.00373841566f + s * (0.00028506355f + s * 2.06645859e-06f))));
  vector q = 1 + s * (0.501422107f + s * (0.113819636f
      + s * (0.0149144176f + s * (0.00115739251f + s * 3.82699363e-05f))));
  return within * p / q;
}

/// Φ(x), the normal distribution.
INLINE vector normal(vector x) { return 0.5f + 0.5f * error_function(0.707106781f * x); }
INLINE vector gelu(vector x) { return x * normal(x); }
/// Φ(x) + x·φ(x)
INLINE vector gelu_slope(vector x) {
  return normal(x) + x * (0.398942280f * exponential(-0.5f * x * x));
}
