// ChangesComponent: asks each second whether anything has changed, and makes a poll only then. A page whose server was
// started again, or has forgotten it, opens again with what was typed.
const root = element.querySelector('.changes'),
  SECOND = 1000,
  SPREAD = 3 * SECOND,
  LONGEST = 15 * SECOND; // after which a poll is made in any case, since one may have failed
const TYPED = 'ans-typed';
let known = '',
  opening = false,
  polled = 0,
  asking = false;

// Gradio, too, lets a page open again when its server is another one, sometimes before this does.
function keepTyped() {
  const typed = document.querySelector('#query textarea')?.value;
  try {
    if (typed) sessionStorage.setItem(TYPED, typed);
    else sessionStorage.removeItem(TYPED);
  } catch {
    // a browser that stores nothing
  }
}

function openAgain() {
  if (opening) return;
  opening = true;
  keepTyped();
  // All pages see at once that a server was started again; those of one address shall not ask for it at once.
  setTimeout(() => window.location.reload(), Math.random() * SPREAD);
}

// What the address asked for is there. Later another model is in use, and a reload shall not bring back the first.
function forgetLink() {
  const address = new URL(window.location.href);
  for (const name of ['run', 'text']) address.searchParams.delete(name);
  if (address.href !== window.location.href) window.history.replaceState(window.history.state, '', address);
}

function typeAgain() {
  const box = document.querySelector('#query textarea');
  try {
    const typed = sessionStorage.getItem(TYPED);
    sessionStorage.removeItem(TYPED);
    if (!typed || !box || box.value) return;
    box.value = typed;
    box.dispatchEvent(new InputEvent('input', { bubbles: true }));
  } catch {
    // nothing was stored
  }
}

function poll() {
  polled = performance.now();
  const tab = document.querySelector('[role=tab][aria-selected=true]')?.textContent.trim();
  trigger('click', { tab });
}

async function ask() {
  if (asking || document.hidden || props.value !== 'open' || !root.isConnected) return;
  asking = true;
  const address = window.routeTo('changes');
  address.searchParams.set('since', known);
  if (document.querySelector('#run')?.checkVisibility()) address.searchParams.set('closely', '1');
  try {
    const reply = await fetch(address);
    if (reply.status === 200) {
      const now = await reply.text();
      const restarted = known && known.split('.')[0] !== now.split('.')[0];
      known = now;
      if (restarted) openAgain();
      else poll();
    } else if (reply.status === 401) {
      openAgain(); // a server that was started again knows nobody: it asks who this is
    } else if (performance.now() - polled > LONGEST) poll();
  } catch {
    // it is asked again in a second
  } finally {
    asking = false;
  }
}

window.addEventListener('pagehide', () => {
  if (props.value) keepTyped(); // else the page was not there yet, and what was kept is still to be typed
});
watch('value', () => {
  if (props.value === 'gone') openAgain();
  if (props.value !== 'open') return;
  typeAgain();
  forgetLink();
});
document.addEventListener('visibilitychange', ask); // in a hidden tab a server may have forgotten it
setInterval(ask, SECOND);
