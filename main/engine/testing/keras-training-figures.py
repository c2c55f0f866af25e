"""Figures of Keras 3 on JAX that keras-training-figures.json records: KERAS_BACKEND=jax python keras-training-figures.py > keras-training-figures.json"""
import json, sys
import jax, keras, numpy as np
from keras import ops
r = np.random.default_rng(11)
f = lambda a: [float(x) for x in np.asarray(a, dtype=np.float64).ravel()]
figures = {"keras": keras.__version__, "backend": keras.backend.backend()}

# Optimizers: gradient accumulation and the overwriting moving average, seven steps.
weights = [np.array([0.5, -1.2, 2.0, 0.1], "float32"), np.array([1.0, -0.3], "float32")]
gradients = [[r.normal(size=w.shape).astype("float32") * 2 for w in weights] for _ in range(7)]
cases = [
 ("SGD", dict(learning_rate=0.1, gradient_accumulation_steps=3)),
 ("Adam", dict(learning_rate=0.05, gradient_accumulation_steps=2, weight_decay=0.1, clipnorm=1.0)),
 ("Nadam", dict(learning_rate=0.05, gradient_accumulation_steps=3)),
 ("SGD", dict(learning_rate=0.1, use_ema=True, ema_momentum=0.8, ema_overwrite_frequency=3)),
 ("SGD", dict(learning_rate=0.1, momentum=0.9, gradient_accumulation_steps=2, use_ema=True, ema_momentum=0.9)),
 ("Lion", dict(learning_rate=0.05, gradient_accumulation_steps=2)),
]
rows = []
for name, config in cases:
    optimizer = getattr(keras.optimizers, name)(**config)
    variables = [keras.Variable(w) for w in weights]
    optimizer.build(variables)
    steps = []
    for g in gradients:
        optimizer.apply([ops.convert_to_tensor(x) for x in g], variables)
        steps.append([f(v) for v in variables])
    row = {"class_name": name, "config": config, "steps": steps}
    if config.get("use_ema"):
        optimizer.finalize_variable_values(variables)
        row["final"] = [f(v) for v in variables]
    rows.append(row)
figures["optimizers"] = {"weights": [f(w) for w in weights], "gradients": [[f(g) for g in s] for s in gradients], "cases": rows}

# Metrics with options, over two batches.
M = keras.metrics
metrics = []
def metric(className, config, kind, output, truth, targets, split=17, ours=None, value=lambda m: f(m.result())):
    m = getattr(M, className)(**config)
    for part in (slice(0, split), slice(split, None)): m.update_state(truth[part], output[part])
    config = {k: v for k, v in config.items() if v is not None and k != "name"} if ours is None else ours
    metrics.append({"class_name": className, "config": config, "loss": kind, "values": value(m)})
n, c = 60, 8
x = r.normal(size=(n, c)).astype("float32") * 1.5
classes = r.integers(0, c, n); rows_ = np.eye(c, dtype="float32")[classes]
x = x + 2 * rows_
shares = (np.exp(x) / np.exp(x).sum(-1, keepdims=True)).astype("float32")
yes = r.integers(0, 2, (n, 1)).astype("float32"); p1 = (1 / (1 + np.exp(-r.normal(size=(n, 1)) - 2 * yes + 1))).astype("float32")
C, B = "sparseCategoricalCrossentropy", "binaryCrossentropy"
for k in (1, 3): metric("TopKCategoricalAccuracy", dict(k=k), C, shares, rows_, classes)
metric("SparseTopKCategoricalAccuracy", dict(k=2), C, shares, classes, classes)
metric("BinaryAccuracy", dict(threshold=0.3), B, p1, yes, yes)
for name in ("Precision", "Recall"):
    for config in (dict(thresholds=0.3), dict(top_k=2), dict(top_k=3, thresholds=0.1), dict(class_id=2), dict(top_k=1, class_id=5)): metric(name, config, C, shares, rows_, classes)
    metric(name, dict(thresholds=0.7), B, p1, yes, yes)
for average in ("micro", "macro", "weighted"):
    metric("F1Score", dict(average=average), C, shares, rows_, classes)
    metric("FBetaScore", dict(average=average, beta=2.0), C, shares, rows_, classes)
    metric("FBetaScore", dict(average=average, beta=0.5, threshold=0.4), C, shares, rows_, classes)
metric("F1Score", dict(average=None), C, shares, rows_, classes, ours=dict(per_class=True))
metric("FBetaScore", dict(average="macro", beta=2.0, threshold=0.6), B, p1, yes, yes)
for name in ("TruePositives", "TrueNegatives", "FalsePositives", "FalseNegatives"):
    metric(name, {}, B, p1, yes, yes); metric(name, dict(thresholds=0.2), C, shares, rows_, classes)
for curve in ("ROC", "PR"):
    for method in ("interpolation", "minoring", "majoring"):
        metric("AUC", dict(curve=curve, summation_method=method), B, p1, yes, yes)
        metric("AUC", dict(curve=curve, summation_method=method, num_thresholds=25), C, shares, rows_, classes)
    metric("AUC", dict(curve=curve, multi_label=True), C, shares, rows_, classes)
for name, rate in (("SensitivityAtSpecificity", "specificity"), ("SpecificityAtSensitivity", "sensitivity"), ("PrecisionAtRecall", "recall"), ("RecallAtPrecision", "precision")):
    for at in (0.5, 0.8): metric(name, {rate: at}, B, p1, yes, yes)
figures["metrics"] = {"samples": {C: {"shape": [n, c], "output": f(shares), "targets": f(classes)}, B: {"shape": [n, 1], "output": f(p1), "targets": f(yes)}}, "cases": metrics}

# Losses with gradients by the output.
L = keras.losses
losses = []
def loss(name, config, output, truth, targets):
    value, gradient = jax.value_and_grad(lambda t: getattr(L, name)(**config)(truth, t))(output)
    losses.append({"class_name": name, "config": config, "shape": list(output.shape), "output": f(output), "targets": f(targets), "value": float(value), "gradient": f(gradient)})
n, c = 7, 4
x = r.normal(size=(n, c)).astype("float32"); shares = (np.exp(x) / np.exp(x).sum(-1, keepdims=True)).astype("float32")
classes = r.integers(0, c, n); rows_ = np.eye(c, dtype="float32")[classes]
p1 = (1 / (1 + np.exp(-r.normal(size=(n, 1)) * 2))).astype("float32"); yes = r.integers(0, 2, (n, 1)).astype("float32")
loss("Dice", {}, shares, rows_, classes); loss("Dice", {}, p1, yes, yes)
loss("Tversky", {}, shares, rows_, classes); loss("Tversky", dict(alpha=0.3, beta=0.7), p1, yes, yes)
figures["losses"] = losses
def rounded(v):
    if isinstance(v, float): return float(f"{v:.9g}")
    if isinstance(v, dict): return {k: rounded(x) for k, x in v.items()}
    if isinstance(v, (list, tuple)): return [rounded(x) for x in v]
    return v
json.dump(rounded(figures), sys.stdout, indent=None, separators=(",", ":"))
