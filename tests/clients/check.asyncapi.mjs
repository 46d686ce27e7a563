// What AsyncAPI's own parser says of a document: node check.asyncapi.mjs FILE; a line a finding, then the topics.
import { Parser, fromFile } from "@asyncapi/parser";

const { document, diagnostics } = await fromFile(new Parser(), process.argv[2]).parse();
for (const { code, path, message } of diagnostics) console.error(`${code} ${path.join(".")}: ${message}`);
for (const channel of document?.channels().all() ?? []) console.log(channel.address());
process.exit(diagnostics.length ? 3 : 0);
