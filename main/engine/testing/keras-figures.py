"""Figures of Keras 3 on PyTorch that keras-figures.json records: KERAS_BACKEND=torch python keras-figures.py > keras-figures.json"""
import json, sys
import numpy as np, keras, torch
from keras import ops
torch.set_num_threads(1)
r = np.random.default_rng(5)
f = lambda a: [float(x) for x in np.asarray(a, dtype=np.float64).ravel()]
figures = {"keras": keras.__version__, "backend": keras.backend.backend()}

# Optimizers: a weight of four elements and a second of two, three steps.
weights = [np.array([0.5, -1.2, 2.0, 0.1], "float32"), np.array([1.0, -0.3], "float32")]
gradients = [[r.normal(size=w.shape).astype("float32") * 2 for w in weights] for _ in range(3)]
S = keras.optimizers.schedules
cases = [
 ("SGD", dict(learning_rate=0.1)), ("SGD", dict(learning_rate=0.1, momentum=0.9)), ("SGD", dict(learning_rate=0.1, momentum=0.9, nesterov=True)),
 ("SGD", dict(learning_rate=0.1, clipvalue=0.5)), ("SGD", dict(learning_rate=0.1, clipnorm=1.0)), ("SGD", dict(learning_rate=0.1, global_clipnorm=1.0)),
 ("SGD", dict(learning_rate=0.1, weight_decay=0.05)), ("SGD", dict(learning_rate=0.1, use_ema=True, ema_momentum=0.9)),
 ("RMSprop", dict(learning_rate=0.05)), ("RMSprop", dict(learning_rate=0.05, rho=0.8, momentum=0.5, centered=True)),
 ("Adam", dict(learning_rate=0.05)), ("Adam", dict(learning_rate=0.05, amsgrad=True, beta_2=0.6)), ("Adam", dict(learning_rate=0.05, weight_decay=0.1, clipvalue=1.0)),
 ("AdamW", dict(learning_rate=0.05)), ("Adamax", dict(learning_rate=0.05)), ("Nadam", dict(learning_rate=0.05)),
 ("Adagrad", dict(learning_rate=0.5)), ("Adadelta", dict(learning_rate=5.0)), ("Lion", dict(learning_rate=0.05)), ("Lion", dict(learning_rate=0.05, weight_decay=0.1)),
 ("Adam", dict(learning_rate=("ExponentialDecay", dict(initial_learning_rate=0.1, decay_steps=2, decay_rate=0.5)))),
]
rows = []
for name, config in cases:
    real = {k: (getattr(S, v[0])(**v[1]) if isinstance(v, tuple) else v) for k, v in config.items()}
    optimizer = getattr(keras.optimizers, name)(**real)
    variables = [keras.Variable(w) for w in weights]
    optimizer.build(variables)
    steps = []
    for g in gradients:
        optimizer.apply([ops.convert_to_tensor(x) for x in g], variables)
        steps.append([f(ops.convert_to_numpy(v)) for v in variables])
    row = {"class_name": name, "config": {k: ({"class_name": v[0], "config": v[1]} if isinstance(v, tuple) else v) for k, v in config.items()}, "steps": steps}
    if config.get("use_ema"):
        optimizer.finalize_variable_values(variables)
        row["final"] = [f(ops.convert_to_numpy(v)) for v in variables]
    rows.append(row)
figures["optimizers"] = {"weights": [f(w) for w in weights], "gradients": [[f(g) for g in s] for s in gradients], "cases": rows}

# Schedules
schedules = [
 ("ExponentialDecay", dict(initial_learning_rate=0.1, decay_steps=7, decay_rate=0.8)), ("ExponentialDecay", dict(initial_learning_rate=0.1, decay_steps=7, decay_rate=0.8, staircase=True)),
 ("InverseTimeDecay", dict(initial_learning_rate=0.1, decay_steps=7, decay_rate=0.8)), ("InverseTimeDecay", dict(initial_learning_rate=0.1, decay_steps=7, decay_rate=0.8, staircase=True)),
 ("PolynomialDecay", dict(initial_learning_rate=0.1, decay_steps=10, end_learning_rate=0.01, power=2.0)), ("PolynomialDecay", dict(initial_learning_rate=0.1, decay_steps=10, cycle=True)),
 ("CosineDecay", dict(initial_learning_rate=0.1, decay_steps=20, alpha=0.1)), ("CosineDecay", dict(initial_learning_rate=0.01, decay_steps=12, warmup_target=0.2, warmup_steps=5)),
 ("CosineDecayRestarts", dict(initial_learning_rate=0.1, first_decay_steps=4)), ("CosineDecayRestarts", dict(initial_learning_rate=0.1, first_decay_steps=7, t_mul=1.5, m_mul=0.7, alpha=0.05)), ("CosineDecayRestarts", dict(initial_learning_rate=0.1, first_decay_steps=5, t_mul=1.0, m_mul=0.8)),
 ("PiecewiseConstantDecay", dict(boundaries=[3, 9], values=[0.1, 0.05, 0.01])),
]
figures["schedules"] = [{"class_name": n, "config": c, "rates": f([float(ops.convert_to_numpy(getattr(S, n)(**c)(i))) for i in range(30)])} for n, c in schedules]

# PyTorch's OneCycleLR
p = torch.nn.Parameter(torch.zeros(1)); o = torch.optim.SGD([p], lr=1)
sch = torch.optim.lr_scheduler.OneCycleLR(o, max_lr=0.5, total_steps=30, pct_start=0.3, div_factor=10, final_div_factor=100, cycle_momentum=False)
rates = []
for i in range(30):
    rates.append(o.param_groups[0]["lr"]); o.step()
    if i < 29: sch.step()
figures["schedules"].append({"class_name": "OneCycle", "config": dict(max_learning_rate=0.5, total_steps=30, warmup_share=0.3, div_factor=10, final_div_factor=100), "rates": f(rates)})

# Losses with gradients, and metrics over two batches.
n, c = 7, 4
x = r.normal(size=(n, c)).astype("float32"); shares = np.exp(x) / np.exp(x).sum(-1, keepdims=True)
classes = r.integers(0, c, n); rows_ = np.eye(c, dtype="float32")[classes]
p1 = (1 / (1 + np.exp(-r.normal(size=(n, 1)) * 2))).astype("float32"); yes = r.integers(0, 2, (n, 1)).astype("float32")
margin = r.normal(size=(n, 1)).astype("float32"); nums = (r.normal(size=(n, 1)) * 2).astype("float32"); wanted = (r.normal(size=(n, 1)) * 2).astype("float32")
positive = np.exp(nums).astype("float32"); counts = r.integers(0, 5, (n, 1)).astype("float32")
L = keras.losses
losses = []
def loss(name, config, output, truth, targets):
    t = torch.tensor(output, requires_grad=True)
    value = getattr(L, name)(**config)(torch.tensor(truth), t)
    value.backward()
    losses.append({"class_name": name, "config": config, "shape": list(output.shape), "output": f(output), "targets": f(targets), "value": float(value), "gradient": f(t.grad)})
for name, config in [("CategoricalCrossentropy", {}), ("CategoricalCrossentropy", dict(label_smoothing=0.1)), ("CategoricalFocalCrossentropy", {}), ("CategoricalFocalCrossentropy", dict(alpha=0.5, gamma=1.5)), ("CategoricalHinge", {}), ("KLDivergence", {})]:
    loss(name, config, shares.astype("float32"), rows_, classes)
loss("SparseCategoricalCrossentropy", {}, shares.astype("float32"), classes, classes)
loss("CosineSimilarity", {}, x, rows_, classes)
for name, config in [("BinaryCrossentropy", {}), ("BinaryCrossentropy", dict(label_smoothing=0.2)), ("BinaryFocalCrossentropy", {}), ("BinaryFocalCrossentropy", dict(apply_class_balancing=True, alpha=0.3, gamma=3.0))]:
    loss(name, config, p1, yes, yes)
for name in ["Hinge", "SquaredHinge"]: loss(name, {}, margin, yes, yes)
for name, config in [("MeanSquaredError", {}), ("MeanAbsoluteError", {}), ("MeanAbsolutePercentageError", {}), ("Huber", {}), ("Huber", dict(delta=0.4)), ("LogCosh", {})]:
    loss(name, config, nums, wanted, wanted)
loss("MeanSquaredLogarithmicError", {}, positive, counts, counts); loss("Poisson", {}, positive, counts, counts)
figures["losses"] = losses

M = keras.metrics
metrics = []
def metric(m, ours, kind, output, truth, targets, split=3):
    for part in (slice(0, split), slice(split, None)): m.update_state(truth[part], output[part])
    metrics.append({"name": ours, "loss": kind, "shape": list(output.shape), "output": f(output), "targets": f(targets), "value": float(m.result())})
n, c = 60, 8
x = r.normal(size=(n, c)).astype("float32") * 1.5; shares = (np.exp(x) / np.exp(x).sum(-1, keepdims=True)).astype("float32")
classes = r.integers(0, c, n); rows_ = np.eye(c, dtype="float32")[classes]
yes = r.integers(0, 2, (n, 1)).astype("float32"); p1 = (1 / (1 + np.exp(-r.normal(size=(n, 1)) - yes + 0.5))).astype("float32")
nums = (r.normal(size=(n, 1)) * 2 + 100).astype("float32"); wanted = (nums + r.normal(size=(n, 1))).astype("float32")
C, B, R = "sparseCategoricalCrossentropy", "binaryCrossentropy", "meanSquaredError"
metric(M.SparseCategoricalAccuracy(), "accuracy", C, shares, classes, classes, 17)
metric(M.TopKCategoricalAccuracy(), "topKCategoricalAccuracy", C, shares, rows_, classes, 17)
metric(M.Precision(), "precision", C, shares, rows_, classes, 17); metric(M.Recall(), "recall", C, shares, rows_, classes, 17)
metric(M.AUC(), "auc", C, shares, rows_, classes, 17); metric(M.F1Score(average="macro"), "f1Score", C, shares, rows_, classes, 17)
metric(M.CosineSimilarity(), "cosineSimilarity", C, shares, rows_, classes, 17); metric(M.CategoricalHinge(), "categoricalHinge", C, shares, rows_, classes, 17)
metric(M.BinaryAccuracy(), "accuracy", B, p1, yes, yes, 17); metric(M.Precision(), "precision", B, p1, yes, yes, 17); metric(M.Recall(), "recall", B, p1, yes, yes, 17)
metric(M.AUC(), "auc", B, p1, yes, yes, 17)
m = M.F1Score(threshold=0.5, average="macro"); metric(m, "f1Score", B, p1, yes, yes, 17)
for m, name in [(M.MeanAbsoluteError(), "mae"), (M.MeanSquaredError(), "mse"), (M.RootMeanSquaredError(), "rmse"), (M.MeanAbsolutePercentageError(), "mape"), (M.MeanSquaredLogarithmicError(), "msle"), (M.LogCoshError(), "logCosh")]:
    metric(m, name, R, nums, wanted, wanted, 17)
m = M.R2Score(dtype="float64"); metric(m, "r2", R, nums - 97, wanted - 97, wanted - 97, 17)
figures["metrics"] = metrics
def rounded(v):
    if isinstance(v, float): return float(f"{v:.9g}")
    if isinstance(v, dict): return {k: rounded(x) for k, x in v.items()}
    if isinstance(v, list): return [rounded(x) for x in v]
    return v
json.dump(rounded(figures), sys.stdout, indent=None, separators=(",", ":"))
