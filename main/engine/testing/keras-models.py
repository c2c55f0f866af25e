"""What Keras 3 on TensorFlow makes of layers, optimizers and whole models, recorded in keras-models.json:
KERAS_BACKEND=tensorflow python keras-models.py > keras-models.json

layers: as in keras-layers.py. optimizers: as in keras-figures.py. models: the weights, the batches, and after each of
three steps of training the loss and the weights; then the loss of the first batch without training.
"""
import json, sys
import keras, numpy as np, tensorflow as tf
L = keras.layers
f = lambda a: [float(f"{float(x):.8g}") for x in np.asarray(a, dtype=np.float64).ravel()]

r = np.random.default_rng(31)
layers = []
def take(made, drawn):
    """Whether it is done, and how far the corners move: those of each place that is not 0."""
    done, *moved = drawn
    corners = np.full((2, 4, 2), 0.5, "float32")
    for (corner, axis), of in zip([(1, 0), (2, 1), (3, 0), (3, 1)], moved): corners[:, corner, axis] = of
    random = type("Random", (), {"uniform": staticmethod(lambda shape, minval, maxval, **_: tf.constant(minval + (maxval - minval) * (corners if len(shape) == 3 else np.array(done)), tf.float32))})
    class Given:
        def __getattr__(self, name): return random if name == "random" else getattr(keras_backend, name)
    keras_backend = made.backend; made.backend = Given()
def pull(made, drawn):
    """Whether it is done, how strongly, and the noise of both axes, which Keras draws with one seed."""
    done, strength, noise, _ = drawn
    random = type("Random", (), {"uniform": staticmethod(lambda shape, minval, maxval, **_: tf.constant(minval + (maxval - minval) * (np.array(done) if len(shape) else strength[0]), tf.float32))})
    class Given:
        def __getattr__(self, name): return random if name == "random" else getattr(keras_backend, name)
    keras_backend = made.backend; made.backend = Given()
    tf.random.stateless_normal = lambda shape, **_: tf.constant(noise, tf.float32, shape)
normal = tf.random.stateless_normal; clahe = "ContrastLimitedAdaptiveHistogramEqualization"
def layer(name, config, shape, training=False, states=(), count=1, ids=None, reverse=None, drawn=None):
    x = tf.Variable((r.integers(0, ids, (2, *shape)) if ids else (r.uniform if training else r.normal)(size=(2, *shape))).astype("float32"))
    begin = [tf.Variable(r.normal(size=(2, *s)).astype("float32")) for s in states]; more = dict(initial_state=begin) if states else {}
    made = getattr(L, name)(**config)
    if drawn: (pull if name == "RandomElasticTransform" else take)(made, drawn)
    if reverse == "only": more["reverse"] = True
    call = (lambda: made(made(x), reverse=True)) if reverse == "too" else (lambda: made(x, **more))
    call()
    for v in made.weights: v.assign(r.normal(size=v.shape).astype("float32") * 0.5)
    with tf.GradientTape() as tape:
        out = tf.concat([made(x[i:i + 1], training=True) for i in range(2)], 0) if name == 'Equalization' else made(x, training=True) if training else call()
        shape_, out = (out[0].shape, tf.concat([tf.reshape(o, [-1]) for o in out], 0)) if count > 1 else (out.shape, out)
        total = tf.reduce_sum(out * tf.reshape(tf.sin(tf.range(1, tf.size(out) + 1, dtype="float32")), out.shape))
    tf.random.stateless_normal = normal
    own = [v.value for v in made.trainable_variables]
    gx, *rest = tape.gradient(total, [x, *begin, *own]); gb, gw = rest[:len(begin)], rest[len(begin):]
    if name in ("RandomPosterization", "Equalization", clahe): gx = tf.zeros_like(x)
    # TensorFlow moves the gradient as it would the image, which is not the gradient: differences decide there.
    if name in ("RandomPerspective", "RandomElasticTransform"): gx = None
    layers.append({"class_name": name, "config": config, "inputs": [{"shape": list(s), "values": f(v)} for s, v in zip([shape, *states], [x, *begin])],
      "weights": [{"shape": list(v.shape), "values": f(v)} for v in made.weights], "training": training, "shape": list(shape_[1:]), **({"outputs": count} if count > 1 else {}), **({"ids": ids} if ids else {}), **({"reverse": reverse} if reverse else {}), **({"drawn": drawn} if drawn else {}),
      "output": f(out), "weightGradients": [f(tf.convert_to_tensor(g)) for g in gw],
      # TensorFlow has none of what goes through hues.
      **({} if gx is None else {"inputGradients": [f(g) for g in [gx, *gb]]})})
# Not sparsemax: Keras 3.15 adds up sums where it is to take the last one, so that its shares do not add up to 1.
layer("Activation", dict(activation="sparse_sigmoid"), (3, 6))
S, I, V = (7, 4), (6, 7, 4), (4, 5, 4, 2)
for kind in ("Average", "Max"):
    layer(f"Adaptive{kind}Pooling1D", dict(output_size=3), S); layer(f"Adaptive{kind}Pooling2D", dict(output_size=[4, 3]), I); layer(f"Adaptive{kind}Pooling3D", dict(output_size=2), V)
layer("EinsumDense", dict(equation="abc,cd->abd", output_shape=[7, 5], bias_axes="d", activation="tanh"), S); layer("EinsumDense", dict(equation="...x,xy->...y", output_shape=3), S)
layer("EinsumDense", dict(equation="abc,cde->abde", output_shape=[7, 2, 3], bias_axes="de"), S); layer("EinsumDense", dict(equation="abc,bcd->abd", output_shape=[7, 3], bias_axes="bd"), S)
layer("EinsumDense", dict(equation="abcd,cde->abe", output_shape=[6, 2], bias_axes="e"), I)

# Changes of images whose random numbers are made certain by the options. (Keras scrambles a blur that is not square.)
r = np.random.default_rng(33); C = (5, 6, 3); unit = dict(value_range=[0.0, 1.0])
for name, config in [("RandomInvert", dict(factor=[1.0, 1.0], **unit)), ("RandomGrayscale", dict(factor=1.0)), ("RandomPosterization", dict(factor=[3, 3], **unit)), ("Solarization", unit),
  ("RandomHue", dict(factor=[0.0, 0.0], **unit)), ("RandomSaturation", dict(factor=[0.3, 0.3], **unit)), ("RandomSaturation", dict(factor=[0.7, 0.7], **unit)), ("RandomColorDegeneration", dict(factor=[0.4, 0.4])),
  ("RandomSharpness", dict(factor=[0.2, 0.2], **unit)), ("RandomSharpness", dict(factor=[0.8, 0.8], **unit)), ("AutoContrast", unit), ("RandomGaussianBlur", dict(factor=[1.0, 1.0], kernel_size=5, sigma=[0.9, 0.9], **unit))]:
    try: layer(name, config, C, training=True)
    except LookupError: print("no gradient in TensorFlow:", name, file=sys.stderr)

# Recurrent layers that begin with states and give those that they end in, and those with convolutions.
r = np.random.default_rng(34)
layer("LSTM", dict(units=3, return_sequences=True, return_state=True), S, states=((3,), (3,)), count=3); layer("SimpleRNN", dict(units=2, return_state=True, go_backwards=True), S, states=((2,),), count=2)
layer("GRU", dict(units=3, reset_after=True, return_state=True), S, states=((3,),), count=2); layer("GRU", dict(units=2, reset_after=False), S, states=((2,),))
layer("ConvLSTM1D", dict(filters=2, kernel_size=3, strides=2, padding="same", return_sequences=True), (3, 6, 2)); layer("ConvLSTM1D", dict(filters=3, kernel_size=2, dilation_rate=2), (2, 6, 2))
layer("ConvLSTM3D", dict(filters=2, kernel_size=[2, 1, 2], padding="same"), (2, 3, 4, 3, 2)); layer("ConvLSTM3D", dict(filters=1, kernel_size=2, return_sequences=True, use_bias=False), (2, 3, 3, 4, 2))
layer("ConvLSTM2D", dict(filters=2, kernel_size=2, return_state=True), (2, 4, 3, 2), states=((3, 2, 2), (3, 2, 2)), count=3)

# An embedding there and back.
r = np.random.default_rng(35); words = dict(input_dim=5, output_dim=3)
layer("ReversibleEmbedding", words, (4,), ids=5); layer("ReversibleEmbedding", words, (2, 3), reverse="only"); layer("ReversibleEmbedding", dict(tie_weights=False, logit_soft_cap=0.8, **words), (4,), ids=5, reverse="too")
layer("ReversibleEmbedding", dict(logit_soft_cap=0.5, mask_zero=True, **words), (4,), ids=5, reverse="too")

# Spectrograms. (A window of an odd length is not periodic on TensorFlow, as it is on JAX and here.)
r = np.random.default_rng(36); low = dict(fft_length=8, sequence_stride=3, num_mel_bins=3, sampling_rate=100, min_freq=5.0)
layer("MelSpectrogram", low, (13,)); layer("MelSpectrogram", dict(low, sequence_length=6, window="hamming", mag_exp=1.0, power_to_db=False, max_freq=40.0), (12,)); layer("MelSpectrogram", dict(low, fft_length=9, window=None, mag_exp=1.0, top_db=4.0, ref_power=2.0), (12,))
for mode in ("log", "magnitude", "psd", "real", "imag", "angle", "stft"): layer("STFTSpectrogram", dict(mode=mode, frame_length=5, frame_step=2, expand_dims=mode in ("log", "stft"), padding="same" if mode in ("psd", "stft") else "valid"), S)
waves = []
for config in (dict(side="real"), dict(side="imag", periodic=True), dict(side="real", window="hamming", scaling="spectrum"), dict(side="imag", window="blackman"), dict(side="real", window="boxcar"), dict(side="imag", window=None)):
    of = keras.initializers.STFT(**config); waves.append({"config": of.get_config(), "shape": [5, 1, 5], "values": f(of([5, 1, 5]))})

# The second image of two is left as it is by a factor of its own.
r = np.random.default_rng(37)
for more in (dict(), dict(scale=0.6, interpolation="nearest", fill_value=0.4)):
    layer("RandomPerspective", dict(factor=[0.6, 0.6], **more), (6, 7, 2), training=True, drawn=[[0.2, 0.8]] + [[float(f"{v:.4g}") for v in r.uniform(size=2)] for _ in range(4)])

r = np.random.default_rng(38)
# Keras counts a batch as one image; here each image is by itself, as where Keras is given one.
layer("Equalization", unit, C, training=True); layer("Equalization", dict(bins=6, value_range=[-0.5, 1.5]), C, training=True)

# As strong for both images; the first alone is changed in the second case. (TensorFlow's reflection is not what Keras says, below 0.)
r = np.random.default_rng(39)
for shape, done, strength, more in (((24, 26, 2), [0.2, 0.2], 0.93, dict(fill_mode="nearest")), ((7, 6, 2), [0.2, 0.8], 0.7, dict(interpolation="nearest", fill_mode="constant", fill_value=0.4, scale=[0.5, 0.9]))):
    noise = [float(f"{v:.4g}") for v in r.normal(size=2 * shape[0] * shape[1])]
    layer("RandomElasticTransform", dict(factor=[0.6, 0.6], value_range=[0.0, 1.0], **more), shape, training=True, drawn=[done, [strength, strength], noise, noise])

r = np.random.default_rng(40)
layer(clahe, dict(value_range=[-2.0, 2.5], tile_grid_size=[2, 3]), (7, 8, 2)); layer(clahe, dict(value_range=[-2.0, 2.5], tile_grid_size=[3, 2], clip_limit=0.0), (9, 5, 1)); layer(clahe, dict(value_range=[-3.0, 3.0], tile_grid_size=[2, 2], clip_limit=40.0), (10, 10, 1))

r = np.random.default_rng(32)
weights = [r.normal(size=(2, 3)).astype("float32"), np.array([1.0, -0.3], "float32")]
gradients = [[r.normal(size=w.shape).astype("float32") * 2 for w in weights] for _ in range(3)]
optimizers = []
for name, config in [("Lamb", dict(learning_rate=0.05)), ("Lamb", dict(learning_rate=0.05, weight_decay=0.1, beta_1=0.8)), ("Ftrl", dict(learning_rate=0.5)),
  ("Ftrl", dict(learning_rate=0.5, l1_regularization_strength=0.3, l2_regularization_strength=0.2, l2_shrinkage_regularization_strength=0.1, beta=0.4)), ("Ftrl", dict(learning_rate=0.2, learning_rate_power=-0.7, initial_accumulator_value=0.3))]:
    optimizer = getattr(keras.optimizers, name)(**config); variables = [keras.Variable(w) for w in weights]; optimizer.build(variables)
    steps = []
    for g in gradients:
        optimizer.apply([tf.constant(x) for x in g], variables); steps.append([f(v) for v in variables])
    optimizers.append({"class_name": name, "config": config, "steps": steps})

models = []
# Embeddings go with SGD: on TensorFlow, Keras' Adam does not add up the parts of their gradients before it squares them.
def model(name, specs, shape, loss, optimizer, *, classes=None, targets=None, ids=None, batch=6, weighted=None, weights=False, classWeight=None, stateful=False, places=(), metrics=None):
    """specs: class name and config of each layer; `targets` the width of numbers, negative of shares; `places` the shape of classes at each place."""
    r = np.random.default_rng(100 + len(models))
    def make(spec):
        c = dict(spec[1])
        if "layer" in c: c["layer"] = make(c["layer"])
        for k in list(c):
            if k.endswith("_regularizer") and isinstance(c[k], tuple): c[k] = getattr(keras.regularizers, c[k][0])(**c[k][1])
        return getattr(L, spec[0])(**c)
    net = keras.Sequential([keras.Input(batch_shape=(batch, *shape) if stateful else (None, *shape)), *[make(s) for s in specs]])
    for v in net.weights:
        if "seed" not in v.path and "state" not in v.path: v.assign((np.abs(r.normal(size=v.shape)) + 0.5 if "variance" in v.path else r.normal(size=v.shape) * 0.4).astype("float32"))
    # Ours come by layer, those that are not learnt last.
    known = [v for l in net.layers for v in sorted(l.weights, key=lambda v: "vector_u" in v.path) if "seed" not in v.path]
    start = [{"shape": list(v.shape), "values": f(v)} for v in known]
    lossName, lossConfig = loss; optimizerName, optimizerConfig = optimizer
    net.compile(optimizer=getattr(keras.optimizers, optimizerName)(**optimizerConfig), loss=getattr(keras.losses, lossName)(**lossConfig), metrics=metrics, weighted_metrics=weighted, run_eagerly=True)
    batches = []
    for step in range(3):
        x = (r.integers(0, ids, (batch, *shape)) if ids else r.normal(size=(batch, *shape))).astype("float32")
        y = r.integers(0, classes, (batch, *places)) if classes else (r.integers(0, 2, (batch, -targets)).astype("float32") if targets < 0 else r.normal(size=(batch, targets)).astype("float32"))
        if targets is not None and len(net.output_shape) > 2: y = y.reshape((batch, *net.output_shape[1:]))
        w = r.uniform(0, 2, batch).astype("float32") if weights else None
        total = None if w is None and not classWeight else (np.ones(batch, "float32") if w is None else w) * (np.array([classWeight[int(k)] for k in y], "float32") if classWeight else 1)
        # By the step alone: Keras' own trackers hold means over the steps.
        net.reset_metrics()
        said = net.train_on_batch(x, y, sample_weight=total, return_dict=True)
        batches.append({"inputs": f(x), "targets": f(y), **({} if w is None else {"weights": f(w)}), "loss": float(said["loss"]), "metrics": {k: float(v) for k, v in said.items() if k != "loss"}, "after": [f(v) for v in known]})
    spec = lambda s: {"class_name": s[0], "config": {k: (spec(v) if k == "layer" else {"class_name": v[0], "config": v[1]} if isinstance(v, tuple) else v) for k, v in s[1].items()}}
    models.append({"name": name, "layers": [spec(s) for s in specs], "inputShape": list(shape), "loss": {"class_name": lossName, "config": lossConfig}, "optimizer": {"class_name": optimizerName, "config": optimizerConfig},
      **({"classes": classes} if classes else {"targets": abs(targets)}), **({"ids": ids} if ids else {}), "batch": batch, **({"classWeight": classWeight} if classWeight else {}), **({"weightedMetrics": weighted} if weighted else {}), **({"places": list(places), "metrics": metrics} if places else {}), "start": start, "batches": batches})
D = lambda units, **more: ("Dense", dict(units=units, **more))
softmax = lambda n: D(n, activation="softmax")
CE, MSE, BCE = ("SparseCategoricalCrossentropy", {}), ("MeanSquaredError", {}), ("BinaryCrossentropy", {})
adam, sgd = ("Adam", dict(learning_rate=0.05)), ("SGD", dict(learning_rate=0.1, momentum=0.9))
model("perceptron", [D(5, activation="relu", kernel_regularizer=("L2", dict(l2=0.1))), softmax(3)], (4,), CE, adam, classes=3)
model("perceptron with orthogonal weights", [D(5, activation="gelu", kernel_regularizer=("OrthogonalRegularizer", dict(factor=0.5))), D(2)], (4,), ("Huber", dict(delta=0.5)), ("Nadam", dict(learning_rate=0.05)), targets=2)
model("convolution with batch normalization", [("Conv2D", dict(filters=3, kernel_size=3, padding="same")), ("BatchNormalization", dict(momentum=0.8)), ("ReLU", {}), ("MaxPooling2D", dict(pool_size=2)), ("Flatten", {}), softmax(3)], (6, 6, 2), CE, sgd, classes=3)
model("depthwise and separable", [("SeparableConv2D", dict(filters=3, kernel_size=3, activation="silu")), ("DepthwiseConv2D", dict(kernel_size=2)), ("GlobalAveragePooling2D", {}), softmax(2)], (6, 5, 2), CE, ("RMSprop", dict(learning_rate=0.02, centered=True)), classes=2)
model("layer and group normalization", [D(4), ("LayerNormalization", {}), ("Activation", dict(activation="mish")), ("Reshape", dict(target_shape=[2, 2])), ("GroupNormalization", dict(groups=1)), ("Flatten", {}), D(1)], (3,), ("LogCosh", {}), ("AdamW", dict(learning_rate=0.05, weight_decay=0.1)), targets=1)
model("stacked LSTM and GRU", [("LSTM", dict(units=3, return_sequences=True)), ("GRU", dict(units=3, reset_after=True)), softmax(3)], (5, 2), CE, adam, classes=3)
model("stateful LSTM", [("LSTM", dict(units=3, return_sequences=True, stateful=True)), ("SimpleRNN", dict(units=2, stateful=True)), D(1)], (4, 2), MSE, sgd, targets=1, stateful=True)
model("stateful GRU in both directions", [("Bidirectional", dict(layer=("GRU", dict(units=2, reset_after=True, stateful=True)))), D(1)], (3, 2), MSE, adam, targets=1, stateful=True, batch=3)
model("masked words through stacked layers", [("Embedding", dict(input_dim=4, output_dim=3, mask_zero=True)), ("LSTM", dict(units=3, return_sequences=True)), ("TimeDistributed", dict(layer=("Dense", dict(units=2, activation="tanh")))), ("GRU", dict(units=2, reset_after=False)), softmax(2)], (5,), CE, sgd, classes=2, ids=4)
model("masked words in both directions", [("Embedding", dict(input_dim=4, output_dim=3, mask_zero=True)), ("Bidirectional", dict(layer=("LSTM", dict(units=2, return_sequences=True)))), ("GlobalAveragePooling1D", {}), softmax(2)], (5,), CE, sgd, classes=2, ids=4)
model("sample weights", [D(4, activation="tanh"), softmax(3)], (3,), CE, sgd, classes=3, weights=True, weighted=["accuracy"])
model("sample weights and class weights", [D(4, activation="tanh"), softmax(3)], (3,), CE, adam, classes=3, weights=True, classWeight={0: 0.5, 1: 2.0, 2: 1.5}, weighted=["accuracy"])
model("several labels", [D(4, activation="tanh"), D(3, activation="sigmoid")], (3,), BCE, adam, targets=-3)
model("focal, of one label", [D(4, activation="tanh"), D(1, activation="sigmoid")], (3,), ("BinaryFocalCrossentropy", dict(gamma=1.5)), adam, targets=-1, weights=True)
model("masks by Dice", [("Conv2D", dict(filters=2, kernel_size=3, padding="same", activation="relu")), ("Conv2D", dict(filters=1, kernel_size=1, activation="sigmoid"))], (4, 5, 1), ("Dice", dict(axis=[1, 2, 3])), adam, targets=-20)
model("masks by Tversky, upsampled", [("Conv2D", dict(filters=2, kernel_size=2, strides=2)), ("UpSampling2D", dict(size=2)), ("Conv2DTranspose", dict(filters=1, kernel_size=3, padding="same", activation="sigmoid"))], (4, 4, 2), ("Tversky", dict(alpha=0.3, beta=0.7)), sgd, targets=-16)
model("embeddings by circle loss", [D(4, activation="tanh"), D(3), ("UnitNormalization", {})], (3,), ("Circle", dict(gamma=4.0)), sgd, classes=2)
model("accumulated and averaged", [D(4, activation="relu"), D(1)], (3,), MSE, ("SGD", dict(learning_rate=0.1, gradient_accumulation_steps=2, clipnorm=1.0)), targets=1)
model("tags of masked words", [("Embedding", dict(input_dim=4, output_dim=3, mask_zero=True)), ("LSTM", dict(units=3, return_sequences=True)), softmax(3)], (5,), CE, sgd, classes=3, ids=4, places=(5,), metrics=["accuracy"])
model("tags of masked words in both directions", [("Embedding", dict(input_dim=4, output_dim=3, mask_zero=True)), ("Bidirectional", dict(layer=("GRU", dict(units=3, reset_after=True, return_sequences=True)))), softmax(2)], (4,), CE, sgd, classes=2, ids=4, places=(4,), metrics=["accuracy"])
model("classes of pixels", [("Conv2D", dict(filters=3, kernel_size=3, padding="same", activation="relu")), ("Conv2D", dict(filters=3, kernel_size=1, activation="softmax"))], (4, 5, 2), CE, adam, classes=3, places=(4, 5), metrics=["accuracy"])
model("spectral normalization", [("SpectralNormalization", dict(layer=("Conv1D", dict(filters=3, kernel_size=2, activation="tanh")), power_iterations=2)), ("Flatten", {}), D(2)], (4, 2), MSE, sgd, targets=2)
json.dump({"keras": keras.__version__, "backend": keras.backend.backend(), "layers": layers, "waves": waves, "optimizers": {"weights": [f(w) for w in weights], "shapes": [list(w.shape) for w in weights], "gradients": [[f(g) for g in s] for s in gradients], "cases": optimizers}, "models": models}, sys.stdout, separators=(",", ":"))
