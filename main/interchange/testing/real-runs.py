"""W&B and Aim themselves: `wandb DIR` and `aim DIR` log runs with them and export them as their guides say; `parquet DIR`
reads with pandas and PyArrow what Epochbook exported there.

Prints one JSON object; floats are written as hexadecimal, so that every bit counts.
"""
import json
import math
import os
import sys
import warnings

warnings.filterwarnings('ignore')
os.environ['WANDB_MODE'] = 'offline'
os.environ['WANDB_SILENT'] = 'true'
os.environ['WANDB_CONSOLE'] = 'off'

VALUES = [0.1, 1 / 3, float('nan'), math.inf, -math.inf, 5e-324, 123456789.12345679]
CONFIG = {'rate': 1e-5, 'cell': 'lstm', 'bias': True, 'net': {'units': 8, 'sizes': [1, 2]}}
TEXTS = [value.hex() for value in VALUES]


def log_wandb(root):
    import wandb

    for code in (0, 1):
        run = wandb.init(dir=root, project='things', name=f'née {code}', config=CONFIG, tags=['kept'], notes='a note\nof two lines')
        for step, value in enumerate(VALUES):
            run.log({'loss': value, 'val/accuracy': step / 2, 'histogram': wandb.Histogram([1, 2, 3])})
        run.config.update({'late': 'x' * 100_000})
        run.summary['test/accuracy'] = 0.75
        run.finish(exit_code=code)
    return {'values': TEXTS}


def log_aim(root):
    import pandas
    from aim import Repo, Run

    Repo.from_path(root, init=True)
    metrics = []
    runs = []
    for number in (0, 1):
        run = Run(repo=root, experiment='things', system_tracking_interval=None, log_system_params=False, capture_terminal_logs=False)
        run.name = f'née {number}'
        run.description = 'a note'
        run['hparams'] = CONFIG
        run.add_tag('kept')
        for step, value in enumerate(VALUES):
            run.track(value, name='loss', step=step, epoch=step, context={'subset': 'train'})
            run.track(step / 2, name='accuracy', step=step, epoch=step, context={'subset': 'val', 'gpu': number})
        metrics.append(run.metrics().dataframe(include_name=True, include_context=True, include_run=True))
        runs.append(run.dataframe(include_props=True, include_params=True))
        run.close()
    for name, frames in (('metrics', metrics), ('runs', runs)):
        table = pandas.concat(frames, ignore_index=True)
        for ending in ('csv', 'json'):
            os.makedirs(os.path.join(root, ending), exist_ok=True)
        table.to_csv(os.path.join(root, 'csv', name + '.csv'), index=False)
        table.to_json(os.path.join(root, 'json', name + '.json'))
    return {'values': TEXTS}


def read_parquet(root):
    import pandas
    import pyarrow.parquet

    file = os.path.join(root, 'epochs.parquet')
    epochs = pandas.read_parquet(file)
    runs = pandas.read_parquet(os.path.join(root, 'runs.parquet'))
    table = pyarrow.parquet.read_table(file)
    return {
        'types': {name: str(epochs[name].dtype).replace('[ns', '[us') for name in epochs.columns},
        'values': {name: [None if value is None else value.hex() for value in table[name].to_pylist()] for name in ('loss', 'val_loss')},
        'epochs': epochs['epoch'].tolist(),
        'times': [value.isoformat() for value in epochs['timestamp']],
        'runs': json.loads(runs.drop(columns=['startedAt', 'endedAt']).to_json(orient='records')),
        'startedAt': [value.isoformat() for value in runs['startedAt']],
    }


print(json.dumps({'wandb': log_wandb, 'aim': log_aim, 'parquet': read_parquet}[sys.argv[1]](sys.argv[2])))
