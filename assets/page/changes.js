// ChangesComponent: asks each second whether anything has changed, and makes a poll only then. A page whose server was
// started again, or has forgotten it, opens again with what was typed.
const root = element.querySelector('.changes'),
  SECOND = 1000,
  LONGEST = 15 * SECOND; // after which a poll is made in any case, since one may have failed
let known = '',
  polled = 0,
  asking = false;

function openAgain() {
  const typed = document.querySelector('#query textarea')?.value,
    here = new URL(window.location.href);
  if (typed) here.searchParams.set('text', typed);
  window.location.replace(here);
}

function poll() {
  polled = performance.now();
  trigger('click', {});
}

async function ask() {
  if (asking || document.hidden || props.value !== 'open' || !root.isConnected) return;
  asking = true;
  const address = new URL('ans/changes', (window.gradio_config?.root || window.location.href).replace(/\/?$/, '/'));
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
    } else if (performance.now() - polled > LONGEST) poll();
  } catch {
    // the server is away; it is asked again in a second
  } finally {
    asking = false;
  }
}

watch('value', () => {
  if (props.value === 'gone') openAgain();
});
setInterval(ask, SECOND);
