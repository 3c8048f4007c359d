"""What the reference library makes of 2,500 texts: python tokens.py VOCABULARY CLINC150 OUTPUT.json.gz"""
import gzip
import json
import random
import sys

from vocabulary import reference

ODD = [
    '', ' ', '   \t\n ', 'a', '.', ':', '∑', '▁', '▁▁ a▁b', 'hello', ' hello  world ', 'Hello, World!', 'ﬁve ① ½ ²',
    '🙂', '🙂🙂', 'ok 🙂 then', '👩‍👩‍👧‍👦 family', '👍🏽', '🇩🇪🇫🇷', 'I ❤️ you', '中文', '我想订一张去北京的机票', '東京タワー',
    '안녕하세요 세계', '안녕', 'مرحبا بالعالم', 'שלום', 'नमस्ते दुनिया', 'Привет, мир', 'Γειά σου',
    'café', 'cafe\u0301', 'Tiếng Việt', 'Tie\u0302\u0301ng Vie\u0323\u0302t', 'ｆｕｌｌ ｗｉｄｔｈ～', '～', '\u0344', 'x\u0344y',
    'a\u0000b', '\u0000', 'a\u0001b\u0007\u001fc', '\u007f', 'tab\there', 'line\nfeed\r\nhere', 'a\u00a0b', 'a\u200bb\u200dc',
    '\ufeffstart', '\ufffd', 'soft\u00adhyphen', 'a\u2028b\u2029c', '\u061ca', '\u0085', 'e\u0001\u0301', 'ﷺ', '\ufdfa x', 'ǅ',
    'https://example.com/a?b=c&d=1#e', 'me@example.com', '$1,234.56', '10:30', ':)', ':(', ':-)', '12:00:30', '”5', 'so they said: no',
    '<s>', '</s> x', '<unk>', 'extra_token_id_1', '�', 'SHOUTING AT YOU', 'camelCaseWord', 'snake_case_word', "don't won't can't",
    'supercalifragilisticexpialidocious', '...', '?!?!', '- - -', '((()))', 'a' * 100, 'ab' * 200, 'zq' * 300,
    'a' * 10000, 'the cat sat on the mat ' * 435, '🙂' * 5000, '中' * 10000, ' ' * 10000, '\u0301' * 1000,
]
ALPHABETS = [
    'abcdefghijklmnopqrstuvwxyz ', 'etaoin shrdlu .,:;!?\'"-', '0123456789:.,$%/ ', 'ABCdef ghiJKL\t\n',
    'aeiou\u0300\u0301\u0302\u0308 n', 'äöüßéèñçøå ', '🙂👍🎉❤️ ab', '中文字漢語 的是', 'абвгд еёжз', '\u0001\u0007\u200b\u200d\ufeff\u00a0 ab',
]


def texts(folder):
    draw = random.Random(22)
    data = json.load(open(f'{folder}/data_full.json'))
    sentences = [text for part in data.values() for text, _ in part]
    chosen = draw.sample(sentences, 1900)
    spelled = [draw.choice([str.upper, str.title, str.capitalize])(text) for text in draw.sample(sentences, 200)]
    random_ = [
        ''.join(draw.choice(letters) for _ in range(draw.randint(1, 60))) for letters in ALPHABETS for _ in range(30)]
    anything = [''.join(_any(draw) for _ in range(draw.randint(1, 20))) for _ in range(100)]
    return ODD + chosen + spelled + random_ + anything


def _any(draw):
    """A character of any kind that is no half of one."""
    while True:
        code = draw.choice([draw.randrange(0x300), draw.randrange(0x3000), draw.randrange(0x20000)])
        if not 0xD800 <= code < 0xE000:
            return chr(code)


if __name__ == '__main__':
    vocabulary, folder, output = sys.argv[1:]
    processor = reference(vocabulary)
    rows = [[text, processor.encode(text)] for text in texts(folder)]
    body = json.dumps(rows, ensure_ascii=False, separators=(',', ':')).encode()
    with gzip.GzipFile(output, 'wb', mtime=0) as file:
        file.write(body)
    print(len(rows), 'texts,', sum(len(ids) for _, ids in rows), 'pieces')
