// ChangesComponent: asks each second whether anything has changed, and makes a poll only then. A page whose server was
// started again, or has forgotten it, opens again with what was typed.
const root = element.querySelector('.changes'),
  SECOND = 1000,
  LONGEST = 15 * SECOND; // after which a poll is made in any case, since one may have failed
const TYPED = 'ans-typed';
let known = '',
  away = false, // did the server not answer when it was last asked?
  polled = 0,
  asking = false;

// Gradio, too, lets a page open again when its server is another one, sometimes before this does.
function keepTyped() {
  const typed = document.querySelector('#query textarea')?.value;
  try {
    if (typed) sessionStorage.setItem(TYPED, typed);
  } catch {
    // a browser that stores nothing
  }
}

function openAgain() {
  keepTyped();
  window.location.reload();
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
      else {
        away = false;
        poll();
      }
    } else {
      away = false;
      if (performance.now() - polled > LONGEST) poll();
    }
  } catch {
    away = true; // it is asked again in a second
  } finally {
    asking = false;
  }
}

window.addEventListener('pagehide', () => {
  if (away) keepTyped();
});
watch('value', () => {
  if (props.value === 'gone') openAgain();
  if (props.value === 'open') typeAgain();
});
document.addEventListener('visibilitychange', ask); // in a hidden tab a server may have forgotten it
setInterval(ask, SECOND);
