// Stands after elements.js, before the script of every `PageComponent`: words that explain themselves when one points
// at them, comes to them with the keyboard, or taps them. Escape, or a tap elsewhere, closes the explanation.
const TERMS = {
  score:
    'How clearly a class accepts this text (its logit). Above 0 it accepts, below 0 it refuses; far from 0 is sure. ' +
    'The upright line is 0. If every class is below 0, the text is OPEN.',
  similarity:
    'How alike two texts are to the model: 1.00 means the same, about 0 means they have nothing to do with each other.',
  unsure:
    'The score is so close to 0, or a second class fits so nearly as well, that about half of such answers are wrong.',
  heldOut:
    'Set aside on purpose: the model has not learned from it. Held-out texts show how it does with what is new to it.',
};

// A word with its explanation.
function term(word, explanation) {
  const box = node('span', 'term'),
    button = node('button', '', word),
    tip = node('span', 'tip', explanation);
  button.type = 'button';
  tip.popover = 'manual';
  tip.id = 'tip-' + crypto.getRandomValues(new Uint32Array(1))[0];
  tip.setAttribute('role', 'tooltip');
  button.setAttribute('aria-describedby', tip.id);
  function hide() {
    if (tip.isConnected && tip.matches(':popover-open')) tip.hidePopover();
    document.removeEventListener('keydown', away);
    document.removeEventListener('pointerdown', away);
    document.removeEventListener('scroll', place, true);
  }
  function away(event) {
    if (event.key ? event.key === 'Escape' : !box.contains(event.target)) hide();
  }
  // Below the word, or above it where there is more room; coming to a word with the keyboard may scroll the page.
  function place() {
    if (!tip.isConnected) return hide();
    const at = button.getBoundingClientRect(),
      size = tip.getBoundingClientRect();
    tip.style.left = Math.max(8, Math.min(at.left, innerWidth - size.width - 8)) + 'px';
    const above = at.bottom + size.height > innerHeight && at.top > size.height;
    tip.style.top = (above ? at.top - size.height : at.bottom) + 'px';
  }
  function show() {
    if (tip.matches(':popover-open')) return;
    tip.showPopover();
    place();
    document.addEventListener('keydown', away);
    document.addEventListener('pointerdown', away);
    document.addEventListener('scroll', place, true);
  }
  box.onmouseenter = button.onfocus = button.onclick = show;
  box.onmouseleave = button.onblur = hide;
  box.append(button, tip);
  return box;
}

// A sentence in which the first `word` explains itself.
function explained(tag, className, sentence, word, explanation) {
  const made = node(tag, className),
    at = sentence.indexOf(word);
  if (at < 0) made.append(sentence);
  else made.append(sentence.slice(0, at), term(word, explanation), sentence.slice(at + word.length));
  return made;
}
