// What moves parameters, over their whole block at once.

static double sum_of_squares(const float *x, long count) {
  // Blocks of single precision, added up in double.
  double sum = 0;
  for (long start = 0; start < count; start += 4096) {
    const long end = count - start < 4096 ? count : start + 4096;
    vector s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
    long i = start;
    for (; i + 4 * LANES <= end; i += 4 * LANES) {
      const vector a = load(x + i), b = load(x + i + LANES), c = load(x + i + 2 * LANES),
                   d = load(x + i + 3 * LANES);
      s0 += a * a;
      s1 += b * b;
      s2 += c * c;
      s3 += d * d;
    }
    for (; i + LANES <= end; i += LANES) s0 += load(x + i) * load(x + i);
    if (i < end) s1 += load_some(x + i, end - i) * load_some(x + i, end - i);
    sum += total((s0 + s1) + (s2 + s3));
  }
  return sum;
}

static void adam(float *restrict p, const float *restrict g, float *restrict m, float *restrict v,
    long count, float scale, float rate, float beta1, float rest1, float beta2, float rest2,
    float epsilon, float decay) {
  const float left = 1 - decay;
  FOR_EACH_VECTOR(count, {
    const vector gradient = scale * GET(g);
    const vector first = beta1 * GET(m) + rest1 * gradient;
    const vector second = beta2 * GET(v) + rest2 * (gradient * gradient);
    PUT(m, first);
    PUT(v, second);
    PUT(p, left * GET(p) - rate * first / (square_root(second) + epsilon));
  })
}

static void descend(float *restrict p, const float *restrict g, float *restrict v, long count,
    float scale, float rate, float momentum, float decay) {
  const float left = 1 - decay;
  FOR_EACH_VECTOR(count, {
    const vector velocity = momentum * GET(v) + scale * GET(g);
    PUT(v, velocity);
    PUT(p, left * GET(p) - rate * velocity);
  })
}

static double multiply_adds(long rounds, float *sink) {
  // Enough chains to cover the latency of two units; volatile starts keep them from being worked out before.
  enum { chains = 16 };
  volatile float start = 1e-3f;
  vector x[chains], a = splat(start), b = splat(1 - start);
  for (int j = 0; j < chains; j++) x[j] = splat(start * j);
  for (long i = 0; i < rounds; i++) {
    _Pragma("clang loop unroll(full)") for (int j = 0; j < chains; j++) x[j] = x[j] * b + a;
  }
  vector sum = {0};
  for (int j = 0; j < chains; j++) sum += x[j];
  *sink = total(sum);
  return (double)rounds * chains * LANES * 2;
}
