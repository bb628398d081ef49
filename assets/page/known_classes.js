// KnownClassesComponent: what the model knows, searched by name and by sample. A click tries a sample; the next click,
// the next one.
const root = element.querySelector('.known-classes');
let classes = [],
  turns = new Map(); // class → which of its samples stands there

const fits = (word, text) => text.toLocaleLowerCase().includes(word);

function row(one, word) {
  const made = node('button', 'row');
  made.type = 'button';
  const found = word ? one.texts.findIndex(text => fits(word, text)) : -1;
  let at = found >= 0 && !fits(word, one.name) ? found : (turns.get(one.name) ?? 0);
  const sample = node('span', 'sample', one.texts[at] ?? '');
  made.append(node('span', 'name', one.name), sample);
  made.disabled = !one.texts.length;
  made.onclick = () => {
    trigger('click', { text: one.texts[at] });
    at = (at + 1) % one.texts.length;
    turns.set(one.name, at);
    sample.textContent = one.texts[at];
  };
  return made;
}

function list(word) {
  const found = classes.filter(one => !word || fits(word, one.name) || one.texts.some(text => fits(word, text)));
  const box = root.querySelector('.list');
  box.replaceChildren(...found.map(one => row(one, word)));
  if (!found.length) box.append(node('p', 'nothing', `None of them has “${word}”. What belongs to none is OPEN.`));
  const count = `${classes.length.toLocaleString('en')} known ${classes.length === 1 ? 'class' : 'classes'}`;
  root.querySelector('.count').textContent = word ? `${found.length.toLocaleString('en')} of ${count}` : count;
}

function draw() {
  classes = props.value ? JSON.parse(props.value).classes : [];
  turns = new Map();
  root.replaceChildren();
  root.hidden = !classes.length;
  if (!classes.length) return;
  const search = node('input', 'search'),
    head = node('div', 'head'),
    count = node('h3', 'count');
  search.type = 'search';
  search.placeholder = 'Search';
  search.setAttribute('aria-label', 'Search the known classes');
  search.oninput = () => list(search.value.trim().toLocaleLowerCase());
  count.setAttribute('aria-live', 'polite');
  head.append(count, search);
  root.append(head, node('p', 'hint', 'A click tries one of its texts.'), node('div', 'list'));
  list('');
}
watch('value', draw);
draw();
