"""What optimizers of Keras 3 that tell weights by their shapes and names make of them, recorded in keras-optimizers.json:
KERAS_BACKEND=jax python keras-optimizers.py > keras-optimizers.json
"""
import json, sys
import keras, numpy as np
from keras import ops
r = np.random.default_rng(41)
f = lambda a: [float(f"{float(x):.8g}") for x in np.asarray(a, dtype=np.float64).ravel()]
# A wide and a tall matrix, a vector, a kernel, an embedding, and a last layer.
named = [("dense/kernel", (3, 5)), ("dense_1/kernel", (6, 2)), ("dense_1/bias", (2,)), ("conv2d/kernel", (2, 2, 2, 3)), ("embedding/embeddings", (4, 3)), ("out/kernel", (2, 3))]
weights = [r.normal(size=shape).astype("float32") for _, shape in named]
gradients = [[(r.normal(size=w.shape) * 2).astype("float32") for w in weights] for _ in range(5)]
gradients[2][2][:] = 0
def variable(name, value):
    layer, own = name.split("/")
    with keras.name_scope(layer): return keras.Variable(value, name=own)
cases = []
for name, config in [
    ("Muon", dict(learning_rate=0.05)),
    ("Muon", dict(learning_rate=0.05, nesterov=False, rms_rate=None, ns_steps=3, momentum=0.8, exclude_layers=["^out"], adam_lr_ratio=0.5, weight_decay=0.1, adam_weight_decay=None)),
    ("Muon", dict(learning_rate=0.1, exclude_embeddings=False, gradient_accumulation_steps=2, adam_beta_1=0.8, adam_beta_2=0.95, muon_a=3.0, muon_b=-4.0, muon_c=1.8, weight_decay=None)),
    ("Adafactor", dict(learning_rate=0.05)),
    ("Adafactor", dict(learning_rate=2.0, beta_2_decay=-0.5, clip_threshold=0.5, epsilon_2=0.1, weight_decay=0.1)),
    ("Adafactor", dict(learning_rate=0.5, relative_step=False, gradient_accumulation_steps=2, use_ema=True, ema_momentum=0.8)),
    ("ScheduleFreeAdamW", dict()),
    ("ScheduleFreeAdamW", dict(learning_rate=0.1, beta_1=0.8, beta_2=0.95, epsilon=1e-3, warmup_steps=3, weight_decay=0.1)),
]:
    optimizer = getattr(keras.optimizers, name)(**config)
    variables = [variable(n, w) for (n, _), w in zip(named, weights)]
    assert [v.path for v in variables] == [n for n, _ in named], [v.path for v in variables]
    optimizer.build(variables)
    steps = []
    for g in gradients:
        optimizer.apply([ops.convert_to_tensor(x) for x in g], variables)
        steps.append([f(v) for v in variables])
    row = {"class_name": name, "config": config, "steps": steps}
    if config.get("use_ema"):
        optimizer.finalize_variable_values(variables)
        row["final"] = [f(v) for v in variables]
    cases.append(row)
json.dump({"keras": keras.__version__, "optimizers": {"names": [n for n, _ in named], "shapes": [list(s) for _, s in named],
  "weights": [f(w) for w in weights], "gradients": [[f(g) for g in s] for s in gradients], "cases": cases}}, sys.stdout, separators=(",", ":"))
