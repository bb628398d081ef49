// TourComponent: a story of three steps on arrival, told with the model in use. It never covers what it points at on a
// wide screen, takes no focus, and once closed it does not come back to this browser.
const root = element.querySelector('.tour');
const KEY = 'ans-tour';
let at = 0,
  count = 0;

const wasClosed = () => localStorage.getItem(KEY) === 'closed';

function close() {
  const hadFocus = root.contains(document.activeElement);
  localStorage.setItem(KEY, 'closed');
  draw();
  if (hadFocus) document.querySelector('#query textarea')?.focus();
}

const click = selector => document.querySelector(selector)?.click();
const STEPS = [
  {
    target: '#examples',
    title: () => `This model has learned ${count.toLocaleString('en')} classes`,
    text: 'Type a message and it names the class. Here is one that it has not seen before.',
    action: 'Try it',
    act: () => click('#examples .known .chip'),
  },
  {
    target: '#verdict',
    title: () => 'And it knows what it does not know',
    text: 'Here is the class it names. A message of none of its classes stays OPEN, though it has never seen one.',
    action: 'Try such a message',
    act: () => click('#examples .held_out .chip, #examples .oos .chip'),
  },
  {
    target: '#about',
    title: () => 'Now your own classes',
    text: 'Bring a file of texts and labels, a few texts of each class are enough. Training takes about a minute.',
    action: 'Bring my texts',
    act: () => click('#bring-own'),
  },
];

function go(step) {
  const hadFocus = root.contains(document.activeElement);
  at = step;
  if (at === STEPS.length) return close();
  draw();
  if (hadFocus) root.querySelector('.act').focus();
}

function draw() {
  for (const marked of document.querySelectorAll('.toured')) marked.classList.remove('toured');
  root.replaceChildren();
  root.hidden = !count || wasClosed();
  if (root.hidden) return;
  const step = STEPS[at];
  document.querySelector(step.target)?.classList.add('toured');
  const top = node('div', 'top'),
    row = node('div', 'actions'),
    shut = button('✕', close, 'shut', 'Close the tour');
  top.append(node('span', 'at', `${at + 1} of ${STEPS.length}`), shut);
  row.append(
    button(step.action, () => {
      step.act();
      go(at + 1);
    }, 'act'),
    button(at + 1 < STEPS.length ? 'Next' : 'Done', () => go(at + 1), 'next'),
  );
  root.append(top, node('strong', '', step.title()), node('p', '', step.text), row);
}

root.onkeydown = event => {
  if (event.key === 'Escape') close();
};
watch('value', () => {
  count = props.value ? JSON.parse(props.value).classes : 0;
  draw();
});
draw();
