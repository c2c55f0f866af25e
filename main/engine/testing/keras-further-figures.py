"""Figures of Keras 3 on TensorFlow that keras-further-figures.json records: KERAS_BACKEND=tensorflow python keras-further-figures.py > keras-further-figures.json"""
import json, sys
import keras, numpy as np, tensorflow as tf
f = lambda a: [float(x) for x in np.asarray(a, dtype=np.float64).ravel()]
figures = {"keras": keras.__version__, "backend": keras.backend.backend()}

# Losses with gradients by the output.
r = np.random.default_rng(21)
L = keras.losses
losses = []
def loss(name, config, output, truth, targets, task):
    t = tf.Variable(output)
    with tf.GradientTape() as tape: value = getattr(L, name)(**config)(truth, t)
    losses.append({"class_name": name, "config": config, "task": task, "shape": list(output.shape), "output": f(output), "targets": f(targets), "value": float(value), "gradient": f(tape.gradient(value, t))})
n, c = 7, 4
x = r.normal(size=(n, c)).astype("float32"); shares = (np.exp(x) / np.exp(x).sum(-1, keepdims=True)).astype("float32")
classes = r.integers(0, c, n); rows = np.eye(c, dtype="float32")[classes]
p1 = (1 / (1 + np.exp(-r.normal(size=(n, 1)) * 2))).astype("float32"); yes = r.integers(0, 2, (n, 1)).astype("float32")
labels = r.integers(0, 2, (n, 3)).astype("float32"); p3 = (1 / (1 + np.exp(-r.normal(size=(n, 3))))).astype("float32")
mask = r.integers(0, 2, (3, 4, 5, 1)).astype("float32"); image = (1 / (1 + np.exp(-r.normal(size=mask.shape)))).astype("float32")
C, R = "classification", "regression"
for name, config in [("Dice", {}), ("Dice", dict(axis=1)), ("Tversky", {}), ("Tversky", dict(alpha=0.3, beta=0.7)), ("Tversky", dict(alpha=0.2, beta=0.6, axis=[-1]))]: loss(name, config, shares, rows, classes, C)
loss("Dice", {}, p1, yes, yes, C); loss("Tversky", dict(alpha=0.3, beta=0.7), p1, yes, yes, C)
for name, config in [("Dice", {}), ("Dice", dict(axis=[1, 2, 3])), ("Dice", dict(axis=[2])), ("Tversky", dict(alpha=0.3, beta=0.7, axis=[1, 2, 3])), ("BinaryCrossentropy", {}), ("BinaryFocalCrossentropy", {}), ("MeanSquaredError", {}), ("MeanAbsoluteError", {})]: loss(name, config, image, mask, mask, R)
for name, config in [("BinaryCrossentropy", {}), ("BinaryCrossentropy", dict(label_smoothing=0.1)), ("BinaryFocalCrossentropy", dict(apply_class_balancing=True)), ("Dice", {})]: loss(name, config, p3, labels, labels, R)
for config in ({}, dict(q=0.9)): loss("CategoricalGeneralizedCrossEntropy", config, shares, classes, classes, C)
vectors = r.normal(size=(n, 5)).astype("float32"); vectors /= np.linalg.norm(vectors, axis=-1, keepdims=True); kinds = np.array([0, 1, 0, 2, 1, 0, 3])
for config in ({}, dict(gamma=10.0, margin=0.25), dict(gamma=2.0, remove_diagonal=False)): loss("Circle", config, vectors, kinds, kinds, C)
# One target a row, 0 after its end; the same class twice in a row, none at all, and as many as there are steps.
logits = (r.normal(size=(5, 6, 4)) * 2).astype("float32"); said = np.array([[1, 2, 0, 0], [3, 3, 1, 0], [0, 0, 0, 0], [1, 2, 3, 1], [2, 2, 2, 0]])
loss("CTC", {}, logits, said, said, C)
figures["losses"] = losses

# Metrics over two batches, of samples that count by weights and of samples that all count the same.
r = np.random.default_rng(22)
M = keras.metrics
metrics = []
n, c = 60, 8
x = r.normal(size=(n, c)).astype("float32") * 1.5
classes = r.integers(0, c, n); rows = np.eye(c, dtype="float32")[classes]
x = x + 2 * rows
shares = (np.exp(x) / np.exp(x).sum(-1, keepdims=True)).astype("float32")
yes = r.integers(0, 2, (n, 1)).astype("float32"); p1 = (1 / (1 + np.exp(-r.normal(size=(n, 1)) - 2 * yes + 1))).astype("float32")
labels = r.integers(0, 2, (n, 3)).astype("float32"); p3 = (1 / (1 + np.exp(-r.normal(size=(n, 3)) - labels))).astype("float32")
numbers = (r.normal(size=(n, 1)) * 2 + 5).astype("float32"); wanted = (numbers + r.normal(size=(n, 1))).astype("float32")
many = r.normal(size=(n, 4)).astype("float32"); wantedMany = (many + r.normal(size=(n, 4))).astype("float32")
# Whole numbers, as Keras cuts fractions off for intersections over unions.
weights = r.integers(0, 5, n).astype("float32")
samples = {}
def sample(name, kind, output, truth, targets, task):
    samples[name] = {"loss": kind, "task": task, "shape": list(output.shape), "output": f(output), "targets": f(targets)}
    return name, output, truth
CL = sample("classes", "sparseCategoricalCrossentropy", shares, rows, classes, C)
SP = ("classes", shares, classes)
YN = sample("yes", "binaryCrossentropy", p1, yes, yes, C)
LB = sample("labels", "binaryCrossentropy", p3, labels, labels, R)
NU = sample("numbers", "meanSquaredError", numbers, wanted, wanted, R)
MA = sample("many", "meanSquaredError", many, wantedMany, wantedMany, R)
def metric(of, name, config={}, both=True, ours=None):
    key, output, truth = of
    for by in ([None, weights] if both else [None]):
        # Metrics that take every output for a sample of its own want a weight for each.
        if by is not None and key == "labels" and not name.startswith(("Binary", "F1")) or name == "BinaryIoU" and by is not None: by = np.repeat(by[:, None], output.shape[1], 1)
        m = getattr(M, name)(**config)
        for part in (slice(0, 17), slice(17, None)): m.update_state(truth[part], output[part], **({} if by is None else {"sample_weight": by[part]}))
        metrics.append({"class_name": name, "config": config if ours is None else ours, "of": key, "weighted": by is not None, "values": f(m.result())})
metric(SP, "SparseCategoricalAccuracy"); metric(CL, "TopKCategoricalAccuracy", dict(k=3)); metric(CL, "CategoricalCrossentropy")
for name in ("Precision", "Recall"):
    metric(CL, name); metric(CL, name, dict(class_id=2)); metric(CL, name, dict(top_k=2)); metric(YN, name); metric(LB, name)
for average in ("micro", "macro", "weighted"): metric(CL, "F1Score", dict(average=average))
metric(CL, "FBetaScore", dict(average="macro", beta=2.0)); metric(LB, "F1Score", dict(average="macro", threshold=0.5))
for name in ("TruePositives", "TrueNegatives", "FalsePositives", "FalseNegatives"): metric(YN, name); metric(CL, name); metric(LB, name)
metric(YN, "AUC"); metric(CL, "AUC"); metric(YN, "AUC", dict(curve="PR")); metric(LB, "AUC"); metric(LB, "AUC", dict(multi_label=True, num_labels=3), both=False, ours=dict(multi_label=True))
metric(YN, "SensitivityAtSpecificity", dict(specificity=0.7)); metric(YN, "RecallAtPrecision", dict(precision=0.7))
metric(YN, "BinaryAccuracy"); metric(LB, "BinaryAccuracy"); metric(LB, "BinaryCrossentropy"); metric(YN, "BinaryCrossentropy")
metric(NU, "MeanSquaredError"); metric(NU, "MeanAbsoluteError"); metric(NU, "RootMeanSquaredError"); metric(MA, "MeanSquaredError")
metric(NU, "R2Score"); metric(CL, "CosineSimilarity", dict(axis=-1), ours={})
metric(MA, "PearsonCorrelation"); metric(MA, "ConcordanceCorrelation")
ids = list(range(c))
metric(CL, "OneHotMeanIoU", dict(num_classes=c, sparse_y_pred=False), ours={})
metric(CL, "OneHotIoU", dict(num_classes=c, target_class_ids=[1, 4], sparse_y_pred=False), ours=dict(target_class_ids=[1, 4]))
metric(SP, "MeanIoU", dict(num_classes=c, sparse_y_pred=False), ours={})
metric(SP, "IoU", dict(num_classes=c, target_class_ids=[0, 2, 7], sparse_y_pred=False), ours=dict(target_class_ids=[0, 2, 7]))
metric(YN, "BinaryIoU"); metric(YN, "BinaryIoU", dict(target_class_ids=[1], threshold=0.3)); metric(LB, "BinaryIoU")
figures["metrics"] = {"samples": samples, "weights": f(weights), "cases": metrics}

def rounded(v):
    if isinstance(v, float): return float(f"{v:.9g}")
    if isinstance(v, dict): return {k: rounded(x) for k, x in v.items()}
    if isinstance(v, list): return [rounded(x) for x in v]
    return v
json.dump(rounded(figures), sys.stdout, indent=None, separators=(",", ":"))
