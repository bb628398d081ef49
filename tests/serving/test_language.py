"""Who is told "only English so far": texts of other languages, and hardly ever an English one."""

from __future__ import annotations

import pytest

from ans.data.corpora import load_corpus
from ans.serving.language import is_foreign_to, may_be_english

OTHER_LANGUAGES = """\
wo ist meine karte geblieben
ich habe meine kreditkarte verloren
stell den wecker auf sieben uhr
wie wird das wetter morgen in berlin
bitte sperren sie mein konto
mein paket ist nicht angekommen
kann ich urlaub beantragen
was kostet ein flug nach rom
spiel etwas musik
guten morgen
wie komme ich zum bahnhof
ich möchte meine bestellung stornieren
où est ma carte bancaire
réveille-moi à sept heures demain
quel temps fait-il à paris
je voudrais réserver un vol pour rome
mon colis n'est pas arrivé
bloquez ma carte s'il vous plaît
combien coûte un billet de train
joue de la musique
quel est le solde de mon compte
je veux annuler ma commande
comment aller à la gare
bonjour
dónde está mi tarjeta
pon una alarma a las siete de la mañana
qué tiempo hará mañana en madrid
quiero reservar un vuelo a roma
mi paquete no ha llegado
bloquea mi tarjeta por favor
cuánto dinero tengo en mi cuenta
pon algo de música
quiero cancelar mi pedido
cómo llego a la estación
hola buenos días
我的卡在哪里
明天早上七点叫醒我
北京明天天气怎么样
我想订一张去罗马的机票
我的包裹还没有到""".splitlines()


def test_fewer_than_one_english_text_in_two_hundred_is_taken_for_another_language():
    for part in (load_corpus("assistant").test, load_corpus("assistant").train):
        taken = [text for text in part.texts if not may_be_english(text)]
        assert len(taken) < len(part) / 200, taken


def test_half_typed_english_raises_hardly_an_alarm():
    texts = [text for whole in load_corpus("assistant").test.texts for text in (whole[: len(whole) // 2], whole[:9])]
    taken = [text for text in texts if not may_be_english(text)]
    assert len(taken) < len(texts) / 200, taken


def test_plain_messages_in_german_french_spanish_and_chinese_are_found():
    missed = [text for text in OTHER_LANGUAGES if may_be_english(text)]
    assert len(OTHER_LANGUAGES) == 40
    assert len(missed) <= 2, missed


@pytest.mark.parametrize("text", ["", "  ", "42 17", "🙂", "???", "ok", "<img src=x onerror=alert(1)>", "x" * 2000])
def test_what_is_no_sentence_is_no_foreign_one(text):
    assert may_be_english(text)


def test_only_an_encoder_that_reads_english_alone_finds_a_text_foreign():
    assert is_foreign_to("minilm", OTHER_LANGUAGES[0])
    assert not is_foreign_to("bert-base-multilingual-cased", OTHER_LANGUAGES[0])
