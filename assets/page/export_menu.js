// Stands before the scripts of components that show tables of numbers: a menu that copies or saves one as CSV, Markdown
// or LaTeX. A table is a list of lines of cells, the headings in the first.
const PAPER = `@inproceedings{bai-etal-2022-open,
  title = {Open World Classification with Adaptive Negative Samples},
  author = {Bai, Ke and Wang, Guoyin and Li, Jiwei and Park, Sunghyun and Lee, Sungjin and Xu, Puyang and
    Henao, Ricardo and Carin, Lawrence},
  booktitle = {Proceedings of the 2022 Conference on Empirical Methods in Natural Language Processing},
  year = {2022},
  publisher = {Association for Computational Linguistics},
  url = {https://aclanthology.org/2022.emnlp-main.295/},
}
`;
const plainMinus = cell => String(cell ?? '').replaceAll('−', '-');

function asCsv(table) {
  const cell = text => {
    const plain = plainMinus(text),
      // A spreadsheet would run what begins like a formula; a number with its sign is none.
      safe = /^[=+\-@\t\r]/.test(plain) && !/^[+-]?[\d.,]+( ± [\d.,]+)?$/.test(plain) ? "'" + plain : plain;
    return /[",\n\r]/.test(safe) ? '"' + safe.replaceAll('"', '""') + '"' : safe;
  };
  return table.map(line => line.map(cell).join(',') + '\r\n').join('');
}

function asMarkdown(table) {
  const cell = text => plainMinus(text).replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');
  const [head, ...body] = table.map(line => `| ${line.map(cell).join(' | ')} |`);
  const rule = `| ${table[0].map((_, i) => (i ? '---:' : '---')).join(' | ')} |`;
  return [head, rule, ...body].join('\n') + '\n';
}

function asLatex(table) {
  const special = { '\\': '\\textbackslash{}', '~': '\\textasciitilde{}', '^': '\\textasciicircum{}' };
  const signs = { '−': '$-$', '±': '$\\pm$', '–': '--', '→': '$\\to$', '·': '$\\cdot$' };
  const cell = text =>
    String(text ?? '').replaceAll(/[\\~^&%$#_{}−±–→·]/g, c => special[c] || signs[c] || '\\' + c);
  const [head, ...body] = table.map(line => '  ' + line.map(cell).join(' & ') + ' \\\\');
  const columns = 'l' + 'r'.repeat(table[0].length - 1);
  return [
    `\\begin{tabular}{${columns}}  % \\usepackage{booktabs}`, '  \\toprule', head, '  \\midrule', ...body,
    '  \\bottomrule', '\\end{tabular}', '',
  ].join('\n'); // prettier-ignore
}

const FORMATS = [
  ['CSV', 'csv', asCsv],
  ['Markdown', 'md', asMarkdown],
  ['LaTeX', 'tex', asLatex],
  ['BibTeX of the paper', 'bib', () => PAPER],
];

function saveFile(name, text) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

const openMenus = new Set(); // names; an open menu stays open when its component is drawn again

// A fold named Export. `table` is a function: it is asked when somebody exports, so that the order is the shown one.
function exportMenu(name, table, about) {
  const menu = node('details', 'export'),
    title = node('summary', '', 'Export'),
    list = node('div', 'formats'),
    words = `${name} ${about}`.toLowerCase().match(/[a-z0-9]+/g) || ['table'],
    file = words.join('-').slice(0, 60);
  title.setAttribute('aria-label', 'Export ' + name);
  for (const [format, ending, write] of FORMATS) {
    const line = node('div', 'format'),
      copy = node('button', '', 'Copy'),
      save = node('button', '', 'Save');
    for (const made of [copy, save]) {
      made.type = 'button';
      made.setAttribute('aria-label', `${made.textContent} as ${format}`);
    }
    save.onclick = () => saveFile(`${ending === 'bib' ? 'ans' : file}.${ending}`, write(table()));
    copy.onclick = async () => {
      try {
        await navigator.clipboard.writeText(write(table()));
        copy.textContent = 'Copied';
      } catch {
        copy.textContent = 'Not allowed here'; // a page that is not encrypted may not write the clipboard
      }
      setTimeout(() => (copy.textContent = 'Copy'), 2000);
    };
    line.append(node('span', '', format), copy, save);
    list.append(line);
  }
  menu.onkeydown = event => {
    if (event.key !== 'Escape' || !menu.open) return;
    menu.open = false;
    title.focus();
  };
  menu.open = openMenus.has(name);
  menu.ontoggle = () => {
    if (!menu.isConnected) return;
    openMenus[menu.open ? 'add' : 'delete'](name);
    if (!menu.open) return;
    const close = event => {
      if (menu.contains(event.target)) return;
      document.removeEventListener('pointerdown', close);
      if (menu.isConnected) menu.open = false;
    };
    document.addEventListener('pointerdown', close);
  };
  menu.append(title, list);
  return menu;
}

// A heading, or nothing, with the menu at its other end. `about` is what the file is called besides.
function withExport(title, name, table, about = '') {
  const line = node('div', 'exported');
  line.append(title, exportMenu(name, table, about));
  return line;
}
