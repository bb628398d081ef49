// Another model was chosen: what is still drawn of the one before is dimmed until it is drawn anew.
(() => {
  const SHOWN = '.evaluation, .mistakes, .comparison, .confident-errors, #evaluation .plot',
    LONGEST = 20000; // milliseconds; what stays as it is was right
  window.dimWhatIsOld = () => {
    for (const part of document.querySelectorAll(SHOWN)) {
      if (!part.checkVisibility() || !part.childElementCount) continue;
      part.classList.add('is-old');
      part.setAttribute('aria-busy', 'true');
      const end = () => {
        watching.disconnect();
        part.classList.remove('is-old');
        part.removeAttribute('aria-busy');
      };
      const watching = new MutationObserver(end);
      watching.observe(part, { childList: true, subtree: true });
      setTimeout(end, LONGEST);
    }
  };
})();
