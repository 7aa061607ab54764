// Which CSS properties big clients lack, as caniemail knows it: {"property" or "property:value": [client, …]}.

import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { caniemail } from "caniemail";

const folder = path.dirname(createRequire(import.meta.url).resolve("caniemail/package.json"));
const titles = await import(pathToFileURL(path.join(folder, "dist", "css-titles.js")));

const FAMILIES = {
  Gmail: ["gmail.desktop-webmail", "gmail.android", "gmail.ios"],
  "Outlook for Windows": ["outlook.windows"],
  "Outlook on the web": ["outlook.outlook-com", "outlook.android", "outlook.ios"],
  "Outlook for Mac": ["outlook.macos"],
  "Apple Mail": ["apple-mail.macos", "apple-mail.ios"],
};
const clients = Object.values(FAMILIES).flat();

const names = (entries) =>
  Object.values(entries)
    .flat(Infinity)
    .filter((name) => /^[a-z-]+$/.test(name));
const properties = [...new Set(names(titles.propertyTitles))].map((name) => [name, "1px"]);
const values = [
  ["display", "flex"],
  ["display", "grid"],
  ["display", "inline-block"],
  ["display", "none"],
];

const found = {};
for (const [name, value] of [...properties, ...values]) {
  const lacking = new Set();
  for (const client of clients) {
    try {
      const { issues } = caniemail({ clients: [client], html: `<p style="${name}: ${value}">x</p>` });
      if (issues.errors.size) lacking.add(client);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error; // it knows nothing of this property in that client
    }
  }
  const key = values.some((each) => each[0] === name && each[1] === value) ? `${name}:${value}` : name;
  found[key] = Object.keys(FAMILIES).filter((family) => FAMILIES[family].some((client) => lacking.has(client)));
}
console.log(JSON.stringify(Object.fromEntries(Object.entries(found).sort()), null, 1));
