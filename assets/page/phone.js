// On a phone the verdict comes into view: a tap on an example, or on the text box, brings the box to the top of the
// screen, and so the verdict right below it, above the keyboard.
(() => {
  const phone = window.matchMedia('(max-width: 700px)'),
    still = window.matchMedia('(prefers-reduced-motion: reduce)'),
    STARTS = '#query textarea, #examples button';

  function show() {
    const box = document.querySelector('#query');
    if (phone.matches && box) box.scrollIntoView({ block: 'start', behavior: still.matches ? 'auto' : 'smooth' });
  }
  document.addEventListener('click', event => {
    if (event.target.closest?.(STARTS)) show();
  });
  window.visualViewport?.addEventListener('resize', () => {
    // The keyboard has come up.
    if (document.activeElement?.matches('#query textarea')) show();
  });
})();
