// Functions of numbers, and chains of them over tiles that stay in the nearest cache.

#define ELEMENTWISE(name, expression)                                                        \
  static void each_##name(float *restrict out, const float *a, const float *b, float number, \
      long count) {                                                                          \
    const vector s = splat(number);                                                          \
    (void)s;                                                                                 \
    FOR_EACH_VECTOR(count, {                                                                 \
      const vector x = GET(a);                                                               \
      const vector y = GET(b);                                                               \
      (void)x;                                                                               \
      (void)y;                                                                               \
      PUT(out, (expression));                                                                \
    })                                                                                       \
  }

ELEMENTWISE(copy, x)
ELEMENTWISE(negate, -x)
ELEMENTWISE(exponential, exponential(x))
ELEMENTWISE(logarithm, logarithm(x))
ELEMENTWISE(square_root, square_root(x))
ELEMENTWISE(reciprocal, reciprocal(x))
ELEMENTWISE(tanh, hyperbolic_tangent(x))
ELEMENTWISE(sigmoid, sigmoid(x))
ELEMENTWISE(softplus, softplus(x))
ELEMENTWISE(relu, relu(x))
ELEMENTWISE(absolute, absolute(x))
ELEMENTWISE(step, step(x))
ELEMENTWISE(sign, sign(x))
ELEMENTWISE(error_function, error_function(x))
ELEMENTWISE(gelu, gelu(x))
ELEMENTWISE(gelu_slope, gelu_slope(x))
ELEMENTWISE(scale, s * x)
ELEMENTWISE(offset, x + s)
ELEMENTWISE(add, x + y)
ELEMENTWISE(subtract, x - y)
ELEMENTWISE(multiply, x *y)
ELEMENTWISE(divide, x / y)
ELEMENTWISE(maximum, choose(y > x, y, x))
ELEMENTWISE(minimum, choose(x > y, y, x))
ELEMENTWISE(greater, choose(x > y, splat(1), splat(0)))
ELEMENTWISE(add_scaled, x + s * y)
ELEMENTWISE(masked, choose(y > 0, x, splat(0)))

static void each_fill(float *restrict out, const float *a, const float *b, float number, long count) {
  (void)a;
  (void)b;
  FOR_EACH_VECTOR(count, { PUT(out, splat(number)); })
}

static long map(const void *record) {
  const tensor_map *m = record;
  // Results of steps, and operands that do not lie side by side.
  float results[TENSOR_STEPS][TENSOR_TILE] __attribute__((aligned(64)));
  float spread[TENSOR_OPERANDS][TENSOR_TILE] __attribute__((aligned(64)));
  const float *at[TENSOR_OPERANDS + TENSOR_STEPS];
  for (int i = 0; i < TENSOR_STEPS; i++) at[TENSOR_OPERANDS + i] = results[i];

  const long last = m->axes - 1, length = m->lengths[last];
  long places[TENSOR_AXES] = {0}, offsets[TENSOR_OPERANDS] = {0}, offset = 0;
  const long tile = length < TENSOR_TILE ? length : TENSOR_TILE;
  for (;;) {
    for (long start = 0; start < length; start += tile) {
      const long count = length - start < tile ? length - start : tile;
      for (long o = 0; o < m->operands; o++) {
        const long stride = m->operand[o].strides[last];
        const float *from = m->operand[o].base + offsets[o] + start * stride;
        at[o] = from;
        if (stride == 1) continue;
        if (stride == 0)
          each_fill(spread[o], from, from, *from, count);
        else
          for (long i = 0; i < count; i++) spread[o][i] = from[i * stride];
        at[o] = spread[o];
      }
      const tensor_step *s = m->step;
      for (long i = 0; i + 1 < m->steps; i++, s++)
        s->function((float *)at[s->out], at[s->x], at[s->y], s->s, count);
      float *out = m->out + offset + start * m->strides[last];
      if (m->strides[last] == 1) {
        s->function(out, at[s->x], at[s->y], s->s, count);
      } else {
        float *row = (float *)at[s->out];
        s->function(row, at[s->x], at[s->y], s->s, count);
        for (long i = 0; i < count; i++) out[i * m->strides[last]] = row[i];
      }
    }
    // The next row: as an odometer, from the last axis but one.
    long axis = last - 1;
    for (; axis >= 0; axis--) {
      const long back = places[axis] + 1 == m->lengths[axis] ? places[axis] : -1;
      for (long o = 0; o < m->operands; o++)
        offsets[o] += m->operand[o].strides[axis] * (back < 0 ? 1 : -back);
      offset += m->strides[axis] * (back < 0 ? 1 : -back);
      places[axis] = back < 0 ? places[axis] + 1 : 0;
      if (back < 0) break;
    }
    if (axis < 0) return 0;
  }
}
