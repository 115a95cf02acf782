"""A process of its own that learns the weights, so that answers never wait: `python -m bot.fit KNOWLEDGE WEIGHTS`."""

import gc
import sys
from pathlib import Path

from bot.core.building import reader_for, texts_to_learn
from bot.core.knowledge.loading import assemble, read_folder
from bot.core.matching import weights
from bot.core.matching.fitting import fit
from bot.core.matching.learning import warm_up


def main(folder: str, path: str) -> None:
    """Learn from the knowledge in `folder`, whose content the caller checks, and write the weights to `path`."""
    gc.disable()  # a short life: walking tens of thousands of texts again and again takes longer
    begun = warm_up()
    knowledge = assemble(read_folder(Path(folder)))
    reader = reader_for(knowledge)
    texts = [(label, reader.read(text)) for label, text in texts_to_learn(knowledge)]
    list(begun)
    learnt = fit(texts, weights.key_of(knowledge.checksum), tuple(knowledge.urgent.kinds))
    weights.save(learnt, Path(path))


if __name__ == "__main__":
    main(*sys.argv[1:])
