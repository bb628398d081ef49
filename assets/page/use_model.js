// UseModelComponent: the dialog that takes a run elsewhere. It opens at once and fills when the server has answered.
const dialog = element.querySelector('.use-model'),
  body = dialog.querySelector('.body'),
  note = dialog.querySelector('.note');
let run = null, // the id it was opened for
  asked = 0, // which of its questions the answer must be for
  chosen = 'Python', // the snippet that is shown
  revoking = null, // the id of a key
  told = '', // the new key that has got the focus
  opener = null;
const address = () => location.origin + location.pathname.replace(/\/$/, '');
const card = () => {
  const value = props.value ? JSON.parse(props.value) : null;
  return value && value.asked === asked ? value : null;
};

function send(action, more) {
  note.textContent = action === 'download' ? 'The download is being packed.' : '';
  trigger('click', { action, id: run, address: address(), asked, ...more });
}

// Where a page may not write the clipboard, the text is selected instead.
function copyButton(source, what) {
  const label = 'Copy';
  const say = (made, said) => {
    made.textContent = said;
    setTimeout(() => {
      made.textContent = label;
    }, 2500);
  };
  const select = made => {
    getSelection().selectAllChildren(source);
    say(made, 'Selected: press Ctrl+C');
  };
  return button(
    label,
    made => {
      if (!navigator.clipboard) return select(made);
      return navigator.clipboard.writeText(source.textContent).then(
        () => say(made, 'Copied'),
        () => select(made),
      );
    },
    'copy',
    'Copy ' + what,
  );
}

function tabs(v) {
  const list = node('div', 'kinds');
  list.setAttribute('role', 'tablist');
  list.setAttribute('aria-label', 'Where you use it');
  const choose = name => {
    chosen = name;
    draw();
    body.querySelector('[aria-selected=true]').focus();
  };
  v.snippets.forEach(({ name }, i) => {
    const tab = button(name, () => choose(name));
    tab.id = 'use-model-tab-' + i;
    tab.setAttribute('role', 'tab');
    tab.setAttribute('aria-selected', name === chosen);
    tab.setAttribute('aria-controls', 'use-model-code');
    tab.tabIndex = name === chosen ? 0 : -1;
    tab.onkeydown = event => {
      const to = { ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: -1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      choose(v.snippets.at(to % v.snippets.length).name);
    };
    list.append(tab);
  });
  return list;
}

function snippet(v) {
  const { name, where, code, needs_key } = v.snippets.find(one => one.name === chosen);
  const panel = node('div', 'snippet'),
    pre = node('pre'),
    text = node('code', '', code),
    head = node('div', 'where');
  panel.id = 'use-model-code';
  panel.setAttribute('role', 'tabpanel');
  panel.setAttribute('aria-labelledby', 'use-model-tab-' + v.snippets.findIndex(one => one.name === chosen));
  pre.tabIndex = 0; // so that the arrow keys scroll it
  pre.setAttribute('aria-label', name + ' code');
  pre.append(text);
  head.append(node('p', '', where), copyButton(text, 'the ' + name + ' code'));
  panel.append(head, pre);
  if (needs_key) {
    const how = node('p', 'hint', 'It reads the key from the environment. In the terminal, before you run it: ');
    how.append(node('code', '', 'export ANS_KEY='), ' and the key (on Windows: set ANS_KEY=…).');
    panel.append(how);
  }
  return panel;
}

function keyRow(key) {
  const row = node('li'),
    made = new Date(1000 * key.made);
  row.append(node('code', '', key.id + '…'));
  if (revoking !== key.id) {
    const ask = () => {
      revoking = key.id;
      draw();
      body.querySelector('.danger').focus();
    };
    row.append(
      node('span', 'made', 'made ' + made.toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' })),
      button('Revoke', ask, '', 'Revoke ' + key.id),
    );
    return row;
  }
  const stop = () => {
    revoking = null;
    draw();
    body.querySelector(`[aria-label="Revoke ${CSS.escape(key.id)}"]`)?.focus();
  };
  row.append(
    node('span', 'made', 'What uses it gets no more answers.'),
    button(
      'Revoke',
      () => {
        stop();
        send('revoke key', { key: key.id });
      },
      'danger',
      'Yes, revoke ' + key.id,
    ),
    button('Cancel', stop, '', 'Cancel, and leave ' + key.id),
  );
  return row;
}

function keySection(v) {
  const box = node('section', 'keys');
  box.append(node('h3', '', 'Key'));
  if (!v.private) {
    box.append(node('p', '', 'None is needed: everybody who reaches this page may ask this model.'));
    return box;
  }
  box.append(
    node(
      'p',
      '',
      'This model is yours alone. Programs show a key to ask it here. Whoever has the key gets answers, ' +
        'and with each the training texts nearest to it.',
    ),
  );
  if (v.fresh) {
    const fresh = node('div', 'fresh'),
      key = node('code', '', v.fresh);
    fresh.append(node('strong', '', 'Copy it now: it is shown only this once.'), key, copyButton(key, 'the key'));
    box.append(fresh);
  }
  if (v.keys.length) {
    const list = node('ul');
    list.append(...v.keys.map(keyRow));
    box.append(list);
  }
  const make = button('Make a key', () => {
    make.disabled = true; // until the answer draws it again: of two keys one would never be shown
    send('make key');
  }, 'strong make');
  box.append(make);
  return box;
}

const milliseconds = x => (x < 10 ? x.toFixed(1) : Math.round(x).toLocaleString('en')) + ' ms';

function costSection() {
  const box = node('section', 'cost'),
    cost = props.cost || {};
  box.append(node('h3', '', 'What a request costs'));
  if (cost.id !== run) box.append(node('p', 'busy', 'Measuring it with texts of its test …'));
  else if (cost.failed) box.append(node('p', '', cost.failed));
  else {
    const said = node('p');
    said.append(
      node('b', '', milliseconds(cost.one)),
      ' for one text, ',
      node('b', '', milliseconds(cost.together)),
      ` for ${cost.texts} together (${milliseconds(cost.together / cost.texts)} each), plus the way there and back.`,
    );
    const busy = cost.busy ? ' A training took part of the machine meanwhile.' : '';
    box.append(said, node('p', 'hint', `Measured with this model on this server, ${cost.device}.${busy}`));
  }
  return box;
}

function zipSection() {
  const box = node('section', 'zip');
  box.append(
    node('h3', '', 'Download'),
    node('p', '', 'The model with its training and test texts, as a zip. It holds no key.'),
    button('Download the zip', () => send('download'), 'strong'),
  );
  return box;
}

function draw() {
  if (!dialog.open) return;
  const v = card(),
    at = body.contains(document.activeElement) ? document.activeElement : null,
    held = at && (at.getAttribute('aria-label') || at.textContent);
  dialog.querySelector('.name').textContent = v && v.name ? v.name : '';
  if (!v || v.failed) {
    body.replaceChildren(node('p', 'waiting', v ? v.failed : 'One moment …'));
    return;
  }
  const parts = [tabs(v), snippet(v)];
  if (v.local && v.snippets.find(one => one.name === chosen).code.includes(address()))
    parts.push(
      node('p', 'hint', 'This address is reached from this computer alone. app.py --host 0.0.0.0 opens it to others.'),
    );
  parts.push(keySection(v), costSection(), zipSection());
  body.replaceChildren(...parts);
  if (v.fresh && v.fresh !== told) body.querySelector('.fresh .copy').focus();
  else if (held)
    [...body.querySelectorAll('button, pre')]
      .find(one => (one.getAttribute('aria-label') || one.textContent) === held)
      ?.focus({ preventScroll: true });
  told = v.fresh;
}

function open(event) {
  run = event.detail;
  asked = Date.now();
  opener = document.activeElement;
  revoking = null;
  note.textContent = '';
  if (!dialog.open) dialog.showModal();
  draw();
  trigger('select', { id: run, address: address(), asked });
}

dialog.querySelector('.close').onclick = () => dialog.close();
dialog.onclick = event => {
  if (event.target === dialog) dialog.close(); // beside it
};
dialog.onclose = () => {
  body.replaceChildren(); // a key that was shown is gone with it
  asked = 0;
  // The list of runs is drawn again each second: the button that was pressed may be another one by now.
  const label = opener?.getAttribute('aria-label');
  const again = () => [...document.querySelectorAll('button')].find(one => label && one.ariaLabel === label);
  const back = opener?.isConnected ? opener : again();
  back?.focus({ preventScroll: true });
};
document.addEventListener('use-model', open);
watch('value', draw);
watch('cost', () => body.querySelector('.cost')?.replaceWith(costSection()));
watch('note', () => {
  note.textContent = props.note || '';
});
