// What a run says in Markdown, and where it stands in a document.
import { peers } from './peers.mjs';
import { all } from './vectors.mjs';

function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

// How many cases there are of each family.
export function casesTable() {
  const families = [...new Set(all.map(({ family }) => family))];
  const row = (name, cases) => {
    const accepted = cases.filter(({ expect }) => expect === 'accept').length;
    return [name, cases.length, accepted, cases.length - accepted];
  };
  const rows = families.map((name) => row(name, all.filter(({ family }) => family === name)));
  return table(['family', 'cases', 'accepted', 'refused'], [...rows, row('all', all)]);
}

// What is refused here and believed elsewhere: how many tokens of each class each peer believes.
export function stricterTable(classes) {
  const row = ({ what, why, believed_by: groups }) => {
    const counts = peers.map(({ id }) => {
      const names = Object.entries(groups).filter(([believing]) => believing.split(' ').includes(id));
      return names.flatMap(([, believed]) => believed).length || 'none';
    });
    const total = Object.values(groups).flat().length;
    return [what, why, total, ...counts];
  };
  return table(['refused here', 'why', 'tokens', ...peers.map(({ title }) => title)], classes.map(row));
}

// The document with each table between its marks.
export function inDocument(text, tables) {
  return Object.entries(tables).reduce((document, [name, lines]) => {
    const [start, end] = [`<!-- ${name}: made by make differential -->\n`, '\n<!-- end -->'];
    const from = document.indexOf(start) + start.length;
    const to = document.indexOf(end, from);
    if (from < start.length || to < 0) throw new Error(`expected the marks of the table "${name}" in the document`);
    return document.slice(0, from) + lines + document.slice(to);
  }, text);
}
