"""How fast TensorBoard, MLflow or Aim log values, read them back, and list runs: `TOOL VALUES RUNS`. Prints one JSON object."""
import json
import logging
import os
import sys
import tempfile
import time
import warnings
from importlib.metadata import version

warnings.filterwarnings('ignore')
logging.disable(logging.WARNING)
os.environ['MLFLOW_DISABLE_TELEMETRY'] = 'true'
METRICS = 8


def values_of(count):
    return [(index % METRICS, index // METRICS, 1 / (index + 1)) for index in range(count)]


def tensorboard(root, count, _runs):
    import tensorboard
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.plugins.scalar.summary_v2 import scalar_pb
    from tensorboard.summary.writer.event_file_writer import EventFileWriter

    values = values_of(count)
    began = time.perf_counter()
    writer = EventFileWriter(root, max_queue_size=1000)
    for metric, step, value in values:
        writer.add_event(Event(wall_time=1.7e9 + step, step=step, summary=scalar_pb(f'metric {metric}', value)))
    writer.close()
    wrote = time.perf_counter()
    accumulator = EventAccumulator(root, size_guidance={'tensors': 0, 'scalars': 0})
    accumulator.Reload()
    read = sum(len(accumulator.Tensors(tag)) for tag in accumulator.Tags()['tensors'])
    assert read == count
    return {'version': tensorboard.__version__, 'log': wrote - began, 'read': time.perf_counter() - wrote}


def mlflow(root, count, runs):
    import mlflow as tool
    from mlflow.entities import Metric, Param
    from mlflow.tracking import MlflowClient

    client = MlflowClient('sqlite:///' + os.path.join(root, 'mlflow.db'))
    experiment = client.create_experiment('bench', artifact_location='file://' + root)
    run = client.create_run(experiment).info.run_id
    metrics = [Metric(f'metric {metric}', value, 1_700_000_000_000 + step, step) for metric, step, value in values_of(count)]
    began = time.perf_counter()
    for start in range(0, count, 1000):
        client.log_batch(run, metrics[start : start + 1000])
    wrote = time.perf_counter()
    assert sum(len(client.get_metric_history(run, f'metric {metric}')) for metric in range(METRICS)) == count
    read = time.perf_counter()
    for number in range(runs):
        one = client.create_run(experiment).info.run_id
        client.log_batch(one, metrics[:METRICS], [Param(f'param {index}', str(number + index)) for index in range(6)])
    made = time.perf_counter()
    listed = 0
    token = None
    while True:
        page = client.search_runs([experiment], max_results=1000, page_token=token)
        listed += len(page)
        token = page.token
        if not token:
            break
    assert listed == runs + 1
    return {'version': tool.__version__, 'log': wrote - began, 'read': read - wrote, 'list': time.perf_counter() - made}


def aim(root, count, runs):
    import aim as tool

    tool.Repo.from_path(root, init=True)
    quiet = {'system_tracking_interval': None, 'log_system_params': False, 'capture_terminal_logs': False}
    run = tool.Run(repo=root, **quiet)
    began = time.perf_counter()
    for metric, step, value in values_of(count):
        run.track(value, name=f'metric {metric}', step=step)
    wrote = time.perf_counter()
    assert sum(len(metric.dataframe()) for metric in run.metrics()) == count
    read = time.perf_counter()
    run.close()
    return {'version': version('aim'), 'log': wrote - began, 'read': read - wrote}


with tempfile.TemporaryDirectory() as folder:
    print(json.dumps({'tensorboard': tensorboard, 'mlflow': mlflow, 'aim': aim}[sys.argv[1]](folder, int(sys.argv[2]), int(sys.argv[3]))))
