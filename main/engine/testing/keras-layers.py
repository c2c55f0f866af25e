"""What Keras 3 on JAX makes of layers, recorded in keras-layers.json: KERAS_BACKEND=jax python keras-layers.py > keras-layers.json

Each case: the layer's class and config, its inputs, its weights in Keras' order, its output (as in training where it says so),
and the gradients of sum(output * sin(1, 2, ...)) by inputs and weights. The models: three steps of training as well.
"""
import json, sys
import numpy as np, keras, jax, jax.numpy as jnp

r = np.random.default_rng(11)
f = lambda a: [float(f"{float(x):.8g}") for x in np.asarray(a, dtype=np.float64).ravel()]
L = keras.layers
cases = []

def weights_for(v):
    drawn = r.normal(size=v.shape).astype("float32") * 0.5
    return np.abs(drawn) + 0.5 if "variance" in v.path else drawn

def case(name, config, *shapes, ids=None, training=False, call=None, before=None, batch=2, positional=True):
    make = getattr(L, name)
    layer = make(**config)
    xs = [(r.integers(0, ids, (batch, *s)).astype("float32") if ids else r.normal(size=(batch, *s)).astype("float32")) for s in shapes]
    kw = dict(call or {})
    inputs = [keras.Input(s) for s in shapes]
    first = [before(i) for i in inputs] if before else inputs
    merge = name in ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "Dot", "Attention", "AdditiveAttention")
    if name == "MultiHeadAttention" or name == "GroupQueryAttention":
        args = first * 2 if len(first) == 1 else first
        y = layer(*args, **kw)
    else:
        y = layer(first if merge else first[0], **kw)
    model = keras.Model(inputs, y)
    for v in model.weights: v.assign(weights_for(v))
    trainable = [v.value for v in model.trainable_variables]
    fixed = [v.value for v in model.non_trainable_variables]
    def total(xs, trainable):
        out, _ = model.stateless_call(trainable, fixed, list(xs) if len(xs) > 1 else xs[0], training=training)
        w = jnp.sin(jnp.arange(1, out.size + 1, dtype="float32")).reshape(out.shape)
        return jnp.sum(out * w), out
    (_, out), (gx, gw) = jax.value_and_grad(total, argnums=(0, 1), has_aux=True)([jnp.asarray(x) for x in xs], trainable)
    for g in list(gx) + list(gw): assert np.all(np.isfinite(np.asarray(g))), (name, config)
    spec = json.loads(json.dumps(config, default=lambda o: {"class_name": type(o).__name__, "config": o.get_config()}))
    spec.update(kw)
    row = {"class_name": name, "config": spec, "inputs": [{"shape": list(s), "values": f(x)} for s, x in zip(shapes, xs)],
      "weights": [{"shape": list(v.shape), "values": f(v.value)} for v in model.weights],
      "training": training, "shape": list(out.shape[1:]), "output": f(out), "weightGradients": [f(g) for g in gw]}
    if not ids: row["inputGradients"] = [f(g) for g in gx]
    if before: row["before"] = {"class_name": type(before).__name__, "config": before_config(before)}
    if ids: row["ids"] = ids
    cases.append(row)

def before_config(layer):
    c = layer.get_config()
    return {k: c[k] for k in ("input_dim", "output_dim", "mask_zero", "mask_value") if k in c}

for a in ["celu", "elu", "exponential", "gelu", "hard_silu", "hard_tanh", "hard_shrink", "leaky_relu", "linear", "log_sigmoid", "log_softmax", "mish", "relu", "relu6",
          "selu", "sigmoid", "silu", "soft_shrink", "softmax", "softplus", "softsign", "sparse_plus", "squareplus", "swish", "tanh", "tanh_shrink", "glu"]:
    case("Activation", dict(activation="silu" if a == "swish" else a), (3, 6))
case("Dense", dict(units=3, activation="tanh"), (4,)); case("Dense", dict(units=3, use_bias=False), (3, 4))
case("Embedding", dict(input_dim=5, output_dim=3), (4,), ids=5)
case("Flatten", {}, (3, 2, 2)); case("Flatten", {}, (3,)); case("Reshape", dict(target_shape=[2, -1]), (3, 4)); case("Permute", dict(dims=[2, 1, 3]), (2, 3, 2)); case("RepeatVector", dict(n=3), (3,))
case("ReLU", dict(max_value=1.0, negative_slope=0.1, threshold=0.3), (5,)); case("LeakyReLU", dict(negative_slope=0.2), (5,)); case("PReLU", dict(shared_axes=[1]), (3, 4)); case("ELU", {}, (5,)); case("Softmax", dict(axis=1), (3, 4))
S, I, V = (7, 4), (6, 7, 4), (4, 5, 4, 2)
case("Conv1D", dict(filters=3, kernel_size=3, padding="causal", dilation_rate=2), S); case("Conv1D", dict(filters=4, kernel_size=2, strides=2, groups=2, padding="same"), S)
case("Conv2D", dict(filters=3, kernel_size=[3, 2], strides=[2, 1], padding="same", activation="relu"), I); case("Conv2D", dict(filters=4, kernel_size=2, dilation_rate=[2, 3]), I); case("Conv2D", dict(filters=6, kernel_size=3, groups=2), I)
case("Conv3D", dict(filters=2, kernel_size=2, strides=[1, 2, 1], padding="same"), V); case("Conv3D", dict(filters=2, kernel_size=2, dilation_rate=2), V)
case("Conv1DTranspose", dict(filters=3, kernel_size=3, strides=2), S); case("Conv1DTranspose", dict(filters=3, kernel_size=3, strides=2, padding="same"), S); case("Conv1DTranspose", dict(filters=2, kernel_size=2, dilation_rate=2), S)
case("Conv2DTranspose", dict(filters=3, kernel_size=3, strides=2, padding="same"), I); case("Conv2DTranspose", dict(filters=2, kernel_size=[2, 3], strides=[1, 2]), I); case("Conv2DTranspose", dict(filters=2, kernel_size=2, dilation_rate=2), I); case("Conv3DTranspose", dict(filters=2, kernel_size=2, strides=2), (2, 3, 2, 2))
case("DepthwiseConv1D", dict(kernel_size=3, depth_multiplier=2, padding="same"), S); case("DepthwiseConv2D", dict(kernel_size=3, depth_multiplier=2, strides=2), I); case("DepthwiseConv2D", dict(kernel_size=2, dilation_rate=2), I)
case("SeparableConv1D", dict(filters=3, kernel_size=3, depth_multiplier=2), S); case("SeparableConv2D", dict(filters=3, kernel_size=3, depth_multiplier=2, padding="same"), I)
case("Cropping1D", dict(cropping=[1, 2]), S); case("Cropping2D", dict(cropping=[[1, 0], [2, 1]]), I); case("Cropping3D", dict(cropping=[[1, 0], [1, 1], [0, 1]]), V)
case("ZeroPadding1D", dict(padding=[1, 2]), S); case("ZeroPadding2D", dict(padding=[[1, 0], [2, 1]]), I); case("ZeroPadding3D", dict(padding=1), V)
case("UpSampling1D", dict(size=2), S); case("UpSampling2D", dict(size=[2, 3]), (3, 2, 2)); case("UpSampling2D", dict(size=[2, 3], interpolation="bilinear"), (3, 4, 2)); case("UpSampling3D", dict(size=[1, 2, 2]), (2, 2, 3, 2))
for k in ["Max", "Average"]:
    case(k + "Pooling1D", dict(pool_size=3, strides=2, padding="same"), S); case(k + "Pooling2D", dict(pool_size=[2, 3], strides=2, padding="same"), I); case(k + "Pooling3D", dict(pool_size=2), V)
    for d, s in (("1D", S), ("2D", I), ("3D", V)): case(f"Global{k}Pooling{d}", dict(keepdims=d == "2D"), s)
case("GlobalAveragePooling1D", {}, (5,), ids=4, before=L.Embedding(4, 3, mask_zero=True), batch=4)
case("BatchNormalization", dict(axis=-1), I); case("BatchNormalization", dict(axis=-1), I, training=True); case("BatchNormalization", dict(axis=1), I, training=True)
case("LayerNormalization", {}, S); case("LayerNormalization", dict(axis=[1, 2]), (3, 4, 2)); case("GroupNormalization", dict(groups=2), (3, 4, 4)); case("GroupNormalization", dict(groups=-1), (3, 4, 4))
case("RMSNormalization", {}, S); case("UnitNormalization", {}, S); case("Normalization", dict(mean=[0.1, 0.2, 0.3, 0.4], variance=[1.0, 2.0, 0.5, 0.3]), S)
case("SimpleRNN", dict(units=3, return_sequences=True), S); case("LSTM", dict(units=3), S); case("LSTM", dict(units=2, return_sequences=True, go_backwards=True), S)
case("GRU", dict(units=3, reset_after=True), S); case("GRU", dict(units=3, reset_after=False, return_sequences=True), S)
for n, c in (("LSTM", dict(units=3)), ("GRU", dict(units=2, reset_after=True, return_sequences=True)), ("SimpleRNN", dict(units=3))):
    case(n, c, (5,), ids=3, before=L.Embedding(3, 2, mask_zero=True), batch=4)
case("LSTM", dict(units=2), (5, 2), before=L.Masking(mask_value=0.0))
for mode in ["concat", "sum", "mul", "ave"]: case("Bidirectional", dict(merge_mode=mode, layer=L.LSTM(2, return_sequences=mode != "sum")), S)
case("Bidirectional", dict(layer=L.GRU(2)), S)
case("ConvLSTM2D", dict(filters=2, kernel_size=2, padding="same"), (2, 3, 4, 2)); case("TimeDistributed", dict(layer=L.Dense(2, activation="tanh")), S)
case("MultiHeadAttention", dict(num_heads=2, key_dim=3), S); case("MultiHeadAttention", dict(num_heads=2, key_dim=3), S, call=dict(use_causal_mask=True)); case("MultiHeadAttention", dict(num_heads=2, key_dim=2, output_shape=3), S, (5, 3)); case("MultiHeadAttention", dict(num_heads=1, key_dim=2), (4, 3), (5, 2), (5, 4))
case("MultiHeadAttention", dict(num_heads=2, key_dim=2), (5,), ids=3, before=L.Embedding(3, 3, mask_zero=True), batch=4)
case("GroupQueryAttention", dict(head_dim=2, num_query_heads=4, num_key_value_heads=2), S); case("GroupQueryAttention", dict(head_dim=2, num_query_heads=4, num_key_value_heads=1), S, (5, 4))
case("Attention", dict(use_scale=True), (4, 3), (5, 3)); case("Attention", dict(score_mode="concat"), (4, 3), (5, 3), (5, 3)); case("AdditiveAttention", {}, (4, 3), (5, 3))
for n in ["Add", "Average", "Maximum", "Minimum", "Multiply"]: case(n, {}, S, S, S)
case("Subtract", {}, S, S); case("Concatenate", dict(axis=1), S, S); case("Dot", dict(axes=2, normalize=True), S, S)
case("Rescaling", dict(scale=0.5, offset=0.1), S); case("Discretization", dict(bin_boundaries=[-0.5, 0.2]), (5,)) if False else None
case("Resizing", dict(height=4, width=9), I); case("Resizing", dict(height=9, width=4, interpolation="nearest"), I); case("Resizing", dict(height=4, width=4, crop_to_aspect_ratio=True), (5, 8, 2)); case("CenterCrop", dict(height=3, width=4), I)
json.dump({"keras": keras.__version__, "backend": keras.backend.backend(), "cases": cases}, sys.stdout, separators=(",", ":"))
