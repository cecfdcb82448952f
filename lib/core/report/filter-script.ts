/**
 * The one script of a page; a test holds its digest against the page's policy. A typed text is looked for once the typist
 * pauses, and only the lines that change are touched: the browser lays out what is on the screen alone.
 */
export const FILTER_SCRIPT = `(() => {
  const form = document.getElementById('filter');
  if (form === null) return;
  const find = document.getElementById('find');
  const status = form.querySelector('[role=status]');
  const items = [...document.querySelectorAll('.checks > li')].map((li) => ({ li, text: '' }));
  const groups = [...document.querySelectorAll('.group, ul.checks')];
  const hasShown = (part) => part.querySelector(':scope li:is(.pass, .fail, .inconclusive):not([hidden])') !== null;
  const apply = () => {
    const verdict = form.elements.verdict.value;
    const words = find.value.toLowerCase().split(/\\s+/).filter(Boolean);
    let shown = 0;
    for (const item of items) {
      if (words.length > 0 && item.text === '') item.text = item.li.querySelector('.said').textContent.toLowerCase();
      const hidden = (verdict !== '' && !item.li.classList.contains(verdict)) || !words.every((word) => item.text.includes(word));
      if (item.li.hidden !== hidden) item.li.hidden = hidden;
      if (!hidden) shown += 1;
    }
    for (const group of groups) group.hidden = !hasShown(group);
    const all = shown === items.length;
    status.textContent = all ? '' : shown + ' of ' + items.length + ' checks shown';
    for (const part of document.querySelectorAll('details.gate')) if (!all) part.open = hasShown(part);
    for (const part of document.querySelectorAll('details.more')) part.open = !all && hasShown(part);
  };
  let pause;
  form.addEventListener('change', apply);
  find.addEventListener('input', () => { clearTimeout(pause); pause = setTimeout(apply, 120); });
  form.addEventListener('submit', (event) => { event.preventDefault(); apply(); });
  form.hidden = false;
})();`;

/** SHA-256 of `FILTER_SCRIPT` as a source of a Content-Security-Policy. Kept here, as this layer computes no digests. */
export const FILTER_SCRIPT_DIGEST = 'sha256-rmciTaZG3N1XjEORqNbPIiTfEQrdrjtp7EwUzj0ouzE=';
