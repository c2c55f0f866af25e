"""TensorBoard and MLflow themselves: `write DIR` logs runs with them, `read DIR` reads what Epochbook exported there.

Prints one JSON object; floats are written as hexadecimal, so that every bit counts.
"""
import json
import logging
import math
import os
import sys
import warnings

warnings.filterwarnings('ignore')
logging.disable(logging.WARNING)
# MLflow 3 has its file store behind this.
os.environ['MLFLOW_ALLOW_FILE_STORE'] = 'true'
os.environ['MLFLOW_DISABLE_TELEMETRY'] = 'true'

import mlflow
from mlflow.tracking import MlflowClient
from tensorboard.backend.event_processing import data_provider, plugin_event_multiplexer
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.context import RequestContext
from tensorboard.plugins.hparams import summary_v2 as hparams
from tensorboard.plugins.scalar.summary_v2 import scalar_pb
from tensorboard.summary.writer.event_file_writer import EventFileWriter

VALUES = [0.1, 1 / 3, float('nan'), math.inf, -math.inf, 5e-324, 123456789.12345679]


def write(root):
    for part in ('train', 'validation'):
        writer = EventFileWriter(os.path.join(root, 'tensorboard', 'keras run', part))
        for epoch, value in enumerate(VALUES):
            writer.add_event(Event(wall_time=1.7e9 + epoch, step=epoch, summary=scalar_pb('epoch_loss', value)))
        writer.close()
    writer = EventFileWriter(os.path.join(root, 'tensorboard', 'torch run'))
    writer.add_event(Event(wall_time=1.7e9, summary=hparams.hparams_pb({'rate': 1e-5, 'cell': 'lstm', 'bias': True})))
    for index, value in enumerate(VALUES):
        summary = Summary(value=[Summary.Value(tag='loss/train', simple_value=value)])
        writer.add_event(Event(wall_time=1.7e9 + index, step=100 * index, summary=summary))
    writer.close()
    for store, uri in (('files', 'file://' + os.path.join(root, 'mlruns')), ('sqlite', 'sqlite:///' + os.path.join(root, 'mlflow.db'))):
        mlflow.set_tracking_uri(uri)
        mlflow.create_experiment('things', artifact_location='file://' + os.path.join(root, 'artifacts'))
        mlflow.set_experiment('things')
        with mlflow.start_run(run_name='née, ' + store):
            mlflow.log_params({'rate': 1e-5, 'cell': 'lstm', 'bias': True})
            mlflow.set_tag('kept', 'yes')
            for step, value in enumerate(VALUES):
                mlflow.log_metric('val/loss', value, step=step)
    return {'values': [value.hex() for value in VALUES], 'versions': [mlflow.__version__]}


def read(root):
    multiplexer = plugin_event_multiplexer.EventMultiplexer(tensor_size_guidance={'scalars': 0, 'hparams': 0})
    folder = os.path.join(root, 'tensorboard')
    multiplexer.AddRunsFromDirectory(folder)
    multiplexer.Reload()
    provider = data_provider.MultiplexerDataProvider(multiplexer, folder)
    scalars = provider.read_scalars(RequestContext(), experiment_id='', plugin_name='scalars', downsample=10**9)
    board = {
        run: {tag: [[datum.step, float(datum.value).hex()] for datum in data] for tag, data in tags.items()} for run, tags in scalars.items()
    }
    mlflow.set_tracking_uri('file://' + os.path.join(root, 'mlflow'))
    found = mlflow.search_runs(search_all_experiments=True, output_format='list')
    client = MlflowClient()
    runs = {
        run.info.run_name: {
            'status': run.info.status,
            'params': run.data.params,
            'metrics': {
                name: [[metric.step, float(metric.value).hex()] for metric in client.get_metric_history(run.info.run_id, name)]
                for name in run.data.metrics
            },
        }
        for run in found
    }
    return {'tensorboard': board, 'mlflow': runs}


print(json.dumps({'write': write, 'read': read}[sys.argv[1]](sys.argv[2])))
