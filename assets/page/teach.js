// TeachComponent: "That's wrong", the list of corrections, and what learning from them changed.
const root = element.querySelector('.teach');
const FILTERED_FROM = 6; // corrections
let open = false; // is the form open?
let typed = ''; // in it
let filter = '';
let dismissed = false; // has a person gone on from what was refused?
const isAnswered = () => Boolean(document.querySelector('#verdict .verdict.answer'));

function send(pressed, words, event) {
  pressed.textContent = words;
  pressed.setAttribute('aria-busy', 'true');
  trigger('click', event);
}

function form(classes, refused) {
  const box = node('form', 'form'),
    input = node('input'),
    options = node('datalist'),
    label = node('label', '', 'What is the right answer for this message?');
  input.id = 'right-class';
  label.htmlFor = input.id;
  options.id = 'right-classes';
  input.setAttribute('list', options.id);
  input.autocomplete = 'off';
  input.value = typed;
  input.placeholder = 'A class, or the name of a new one';
  for (const name of classes) {
    const option = node('option');
    option.value = name;
    options.append(option);
  }
  const save = button('Save correction', null, 'primary');
  save.type = 'submit';
  const isOpen = button('It is OPEN', () => {
    send(isOpen, 'Saving…', { action: 'correct', open: true });
  });
  const cancel = button('Cancel', () => {
    shut();
    draw();
    root.querySelector('.wrong')?.focus();
  }, 'quiet');
  box.onsubmit = event => {
    event.preventDefault();
    if (!input.value.trim()) {
      input.focus();
      return;
    }
    typed = input.value;
    send(save, 'Saving…', { action: 'correct', label: typed });
  };
  box.onkeydown = event => {
    if (event.key === 'Escape') cancel.click();
  };
  const line = node('div', 'line');
  line.append(input, save, isOpen, cancel);
  box.append(label, line, options);
  if (refused && !dismissed) {
    const why = node('p', 'refused', refused);
    why.setAttribute('role', 'alert');
    box.append(why);
  }
  return box;
}

function shut() {
  open = false;
  dismissed = true;
  typed = '';
}

function corrected(one) {
  const row = node('li', 'correction' + (one.open ? ' is-open' : ''));
  const says = node('span', 'says');
  says.append(
    node('s', '', one.answered),
    node('span', '', ' → '),
    node('b', '', one.says),
    node('span', 'learnt', one.learnt ? ' learnt' : ''),
  );
  const remove = button('×', () => send(remove, '…', { action: 'remove', text: one.text }), 'remove');
  remove.setAttribute('aria-label', `Remove the correction of “${one.text}”`);
  remove.title = 'Remove';
  row.append(node('span', 'text', one.text), says, remove);
  return row;
}

function list(corrections) {
  const box = node('div', 'corrections'),
    rows = node('ul');
  rows.tabIndex = 0; // so that the arrow keys scroll it
  rows.setAttribute('aria-label', 'Your corrections');
  const fill = () => {
    const wanted = filter.toLowerCase();
    const found = corrections.filter(one => `${one.text} ${one.says} ${one.answered}`.toLowerCase().includes(wanted));
    rows.replaceChildren(...found.map(corrected));
  };
  box.append(node('h3', '', corrections.length === 1 ? '1 correction' : `${corrections.length} corrections`));
  if (corrections.length >= FILTERED_FROM) {
    const search = node('input', 'filter');
    search.type = 'search';
    search.placeholder = 'Filter';
    search.setAttribute('aria-label', 'Filter the corrections');
    search.value = filter;
    search.oninput = () => {
      filter = search.value;
      fill();
    };
    box.append(search);
  } else {
    filter = '';
  }
  fill();
  box.append(rows);
  return box;
}

function result(v) {
  const box = node('div', 'result');
  box.append(node('h3', '', v.title), numbers(v.numbers));
  if (v.changes.length) {
    const fold = node('details');
    fold.append(node('summary', '', `${v.changes.length} test texts are answered otherwise`));
    const rows = node('ul');
    rows.tabIndex = 0; // so that the arrow keys scroll it
    for (const one of v.changes) {
      const mark = one.better === null ? '·' : one.better ? '✓' : '✗';
      const row = node('li', one.better === null ? '' : one.better ? 'better' : 'worse');
      row.append(
        node('span', 'mark', mark),
        node('span', 'text', one.text),
        node('span', 'says', `${one.was} → ${one.now}` + (one.better === null ? `, should be ${one.truth}` : '')),
      );
      const heard = one.better === null ? 'as wrong' : one.better ? 'now right' : 'now wrong';
      row.firstChild.setAttribute('aria-label', heard);
      row.firstChild.setAttribute('role', 'img');
      rows.append(row);
    }
    fold.append(rows);
    box.append(fold);
  }
  if (v.origin) {
    const back = button(`Back to ${v.origin}`, () => send(back, 'Going back…', { action: 'back' }), 'back');
    box.append(back);
  }
  return box;
}

function draw() {
  const v = props.value ? JSON.parse(props.value) : { classes: [], corrections: [] };
  root.classList.toggle('is-empty', !v.classes.length);
  if (!v.classes.length) {
    root.replaceChildren();
    return;
  }
  const parts = [];
  if (open) {
    parts.push(form(v.classes, v.refused));
  } else if (v.form && isAnswered()) {
    const wrong = button("That's wrong", () => {
      open = true;
      draw();
      root.querySelector('input').focus();
    }, 'wrong');
    parts.push(wrong);
  }
  if (v.corrections.length) parts.push(list(v.corrections));
  if (v.corrections.length && v.differs) {
    const count = v.corrections.length === 1 ? '1 correction' : `${v.corrections.length} corrections`;
    const learn = button(`Learn from ${count}`, () => send(learn, 'Learning…', { action: 'learn' }), 'primary learn');
    parts.push(learn);
  }
  if (v.refused && !open && !dismissed) parts.push(node('p', 'refused', v.refused));
  if (v.result) parts.push(result(v.result));
  const inside = root.contains(document.activeElement);
  keepingFocus(root, () => root.replaceChildren(...parts));
  if (inside && !root.contains(document.activeElement))
    root.querySelector('.learn, .wrong')?.focus({ preventScroll: true });
}
// Another message: what was said of the one before is over, and one that is not there can't be wrong.
let answered = isAnswered();
document.addEventListener('verdict', () => {
  if (!root.isConnected || answered === isAnswered()) return;
  answered = isAnswered();
  if (!answered) shut();
  draw();
});
document.addEventListener('input', event => {
  if (dismissed || !root.isConnected || !event.target.closest('#query')) return;
  dismissed = true;
  draw();
});
watch('value', () => {
  const refused = props.value && JSON.parse(props.value).refused;
  dismissed = !refused;
  if (!refused) shut(); // what was typed has been taken
  const title = () => root.querySelector('.result h3')?.textContent || '',
    before = title();
  draw();
  if (refused && open) root.querySelector('input').focus();
  if (title() !== before) announce(title());
});
draw();
