// Rows and sums.

INLINE float row_top(const float *x, long length) {
  float best = x[0];
  if (length < LANES) {
    for (long i = 1; i < length; i++) best = x[i] > best ? x[i] : best;
    return best;
  }
  vector v = load(x);
  for (long i = LANES; i + LANES <= length; i += LANES) v = larger(load(x + i), v);
  // The last vector again from the end: what is seen twice is no larger.
  return top(larger(load(x + length - LANES), v));
}

static long largest(const void *record) {
  const tensor_rows *r = record;
  for (long row = 0; row < r->rows; row++) r->out[row] = row_top(r->x + row * r->length, r->length);
  return 0;
}

INLINE float row_sum(const float *x, long length) {
  vector s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
  long i = 0;
  for (; i + 4 * LANES <= length; i += 4 * LANES) {
    s0 += load(x + i);
    s1 += load(x + i + LANES);
    s2 += load(x + i + 2 * LANES);
    s3 += load(x + i + 3 * LANES);
  }
  for (; i + LANES <= length; i += LANES) s0 += load(x + i);
  if (i < length) s1 += load_some(x + i, length - i);
  return total((s0 + s1) + (s2 + s3));
}

static long sum(const void *record) {
  const tensor_sum *r = record;
  if (r->inner == 1) {
    for (long o = 0; o < r->outer; o++) r->out[o] = row_sum(r->x + o * r->middle, r->middle);
    return 0;
  }
  for (long o = 0; o < r->outer; o++) {
    const float *x = r->x + o * r->middle * r->inner;
    float *out = r->out + o * r->inner;
    long j = 0;
    for (; j + 4 * LANES <= r->inner; j += 4 * LANES) {
      vector s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
      for (long m = 0; m < r->middle; m++) {
        const float *from = x + m * r->inner + j;
        s0 += load(from);
        s1 += load(from + LANES);
        s2 += load(from + 2 * LANES);
        s3 += load(from + 3 * LANES);
      }
      store(out + j, s0);
      store(out + j + LANES, s1);
      store(out + j + 2 * LANES, s2);
      store(out + j + 3 * LANES, s3);
    }
    FOR_EACH_VECTOR(r->inner - j, {
      vector s = {0};
      for (long m = 0; m < r->middle; m++) s += GET(x + m * r->inner + j);
      PUT(out + j, s);
    })
  }
  return 0;
}

/// out = e^(x − best), and their sum.
INLINE float exponentials(float *out, const float *x, float best, long length) {
  vector sums = {0};
  FOR_EACH_VECTOR(length, {
    vector e = exponential(GET(x) - best);
    PUT(out, e);
    // Lanes beyond the end count as nothing.
    sums += live == LANES ? e : load_some(out + i, live);
  })
  return total(sums);
}

static long softmax(const void *record) {
  const tensor_rows *r = record;
  for (long row = 0; row < r->rows; row++) {
    const float *x = r->x + row * r->length;
    float *out = r->out + row * r->length;
    const float factor = 1 / exponentials(out, x, row_top(x, r->length), r->length);
    FOR_EACH_VECTOR(r->length, { PUT(out, factor * GET(out)); })
  }
  return 0;
}

static long log_softmax(const void *record) {
  const tensor_rows *r = record;
  for (long row = 0; row < r->rows; row++) {
    const float *x = r->x + row * r->length;
    float *out = r->out + row * r->length;
    const float best = row_top(x, r->length);
    const float shift = logarithm(splat(exponentials(out, x, best, r->length)))[0];
    FOR_EACH_VECTOR(r->length, { PUT(out, (GET(x) - best) - shift); })
  }
  return 0;
}

/// y ∘ (s − Σ s∘y) for the slopes s and the softmax y.
static long softmax_gradient(const void *record) {
  const tensor_rows *r = record;
  for (long row = 0; row < r->rows; row++) {
    const float *s = r->x + row * r->length, *y = r->y + row * r->length;
    float *out = r->out + row * r->length;
    vector sums = {0};
    FOR_EACH_VECTOR(r->length, { sums += GET(s) * GET(y); })
    const float mean = total(sums);
    FOR_EACH_VECTOR(r->length, { PUT(out, GET(y) * (GET(s) - mean)); })
  }
  return 0;
}

/// The mean and 1/√(σ² + ε) of a row.
INLINE void moments(const float *x, long length, float epsilon, float *mean, float *inverse) {
  const float m = row_sum(x, length) / length;
  vector squares = {0};
  long i = 0;
  for (; i + LANES <= length; i += LANES) {
    const vector d = load(x + i) - m;
    squares += d * d;
  }
  float rest = 0;
  for (; i < length; i++) rest += (x[i] - m) * (x[i] - m);
  *mean = m;
  *inverse = 1 / square_root(splat((total(squares) + rest) / length + epsilon))[0];
}

static long normalize(const void *record) {
  const tensor_rows *r = record;
  for (long row = 0; row < r->rows; row++) {
    const float *x = r->x + row * r->length;
    float *out = r->out + row * r->length;
    float mean, inverse;
    moments(x, r->length, r->epsilon, &mean, &inverse);
    FOR_EACH_VECTOR(r->length, { PUT(out, (GET(x) - mean) * inverse); })
  }
  return 0;
}

/// (s − mean s − x̂·mean(s∘x̂))/√(σ² + ε) for the slopes s and what was normalised.
static long normalize_gradient(const void *record) {
  const tensor_rows *r = record;
  for (long row = 0; row < r->rows; row++) {
    const float *s = r->x + row * r->length, *x = r->y + row * r->length;
    float *out = r->out + row * r->length;
    float mean, inverse;
    moments(x, r->length, r->epsilon, &mean, &inverse);
    vector products = {0};
    FOR_EACH_VECTOR(r->length, { products += GET(s) * (GET(x) - mean); })
    const float average = row_sum(s, r->length) / r->length;
    const float slope = total(products) * inverse * inverse / r->length;
    FOR_EACH_VECTOR(r->length, { PUT(out, inverse * ((GET(s) - average) - (GET(x) - mean) * slope)); })
  }
  return 0;
}

/// The row that an index names, −1 where it names none.
INLINE long row_of(float index, long count) {
  return index >= 0 && index < (float)count && index == (float)(long)index ? (long)index : -1;
}

static long gather(const void *record) {
  const tensor_pick *r = record;
  for (long i = 0; i < r->rows; i++) {
    const long row = row_of(r->indices[i], r->count);
    if (row < 0) return i + 1;
    each_copy(r->out + i * r->width, r->x + row * r->width, r->x, 0, r->width);
  }
  return 0;
}

static void accumulate(float *x, const float *y, float scale, long count) {
  FOR_EACH_VECTOR(count, { PUT(x, GET(x) + scale * GET(y)); })
}

static long scatter(const void *record) {
  const tensor_pick *r = record;
  each_fill(r->out, r->x, r->x, 0, r->count * r->width);
  for (long i = 0; i < r->rows; i++) {
    const long row = row_of(r->indices[i], r->count);
    if (row < 0) return i + 1;
    accumulate(r->out + row * r->width, r->x + i * r->width, 1, r->width);
  }
  return 0;
}

/// SplitMix64's mixing of seed, run and place.
static long keep(const void *record) {
  const tensor_keep *r = record;
  const float kept = 1 / (1 - r->rate);
  const uint64_t start = r->seed + *r->run * 0xd1342543de82ef95u;
  for (long i = 0; i < r->count; i++) {
    uint64_t z = start + (uint64_t)(i + 1) * 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    z ^= z >> 31;
    r->out[i] = (float)(z >> 40) * 0x1p-24f < r->rate ? 0 : kept;
  }
  return 0;
}
