// Shows the OpenAPI document of this server, and sends requests to it. Uses no libraries and loads nothing from elsewhere.
"use strict";

const VERBS = ["get", "post", "put", "delete", "patch"];
const page = document.getElementById("page");
const menu = document.getElementById("menu");
const key = document.getElementById("key");
const filter = document.getElementById("filter");
let api;
let running;

/** Creates an element with attributes and children; strings become text, never markup. */
function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (attribute.startsWith("on")) element.addEventListener(attribute.slice(2), value);
    else if (value !== undefined && value !== false) element.setAttribute(attribute, value);
  }
  element.append(...children.filter((child) => child !== undefined && child !== null));
  return element;
}

const verb = (name) => el("span", { class: `verb ${name}` }, name);

/** Creates a paragraph in which `words` are code. */
function prose(text = "") {
  const parts = text.split("`").map((part, index) => (index % 2 ? el("code", {}, part) : part));
  return el("p", {}, ...parts);
}

function operations() {
  return Object.entries(api.paths).flatMap(([path, item]) =>
    VERBS.filter((name) => item[name]).map((name) => ({ verb: name, path, ...item[name] })),
  );
}

function resolve(schema) {
  let found = schema ?? {};
  const name = found.$ref?.split("/").pop();
  if (name) found = { name, ...api.components.schemas[name] };
  return found;
}

function typeName(schema) {
  const it = resolve(schema);
  if (it.const !== undefined) return `"${it.const}"`;
  if (it.enum) return it.enum.filter((value) => value !== "").join(" | ");
  if (it.type === "array") return `list of ${typeName(it.items)}`;
  if (it.anyOf) return it.anyOf.map(typeName).join(" or ");
  if (it.name) return it.name;
  if (it.oneOf) return it.oneOf.map(typeName).join(" or ");
  if (it.additionalProperties?.type) return `map of ${it.additionalProperties.type}`;
  return it.format ?? it.type ?? "any";
}

/** Returns the part of a schema that has fields, if any. */
function inner(schema) {
  const it = resolve(schema);
  if (it.type === "array") return inner(it.items);
  if (it.anyOf) return inner(it.anyOf.find((one) => one.$ref));
  if (it.oneOf && !it.name) return inner(it.oneOf[0]);
  return it.properties || it.discriminator ? it : undefined;
}

/** Shows the fields of a schema, one per row; nested schemas open on demand. */
function fields(schema) {
  const it = inner(schema);
  if (!it) return el("p", { class: "quiet" }, typeName(schema));
  if (it.discriminator) return kinds(it);
  const rows = Object.entries(it.properties).map(([name, property]) => {
    const row = el("div", { class: "row" },
      el("div", {}, el("span", { class: "name" }, name), el("div", { class: "quiet" }, typeName(property))),
      prose(property.description ?? resolve(property).description));
    if (inner(property)) row.append(later("Fields", () => fields(property)));
    return row;
  });
  return el("div", { class: "schema" }, ...(rows.length ? rows : [el("p", { class: "quiet" }, "No fields.")]));
}

/** Shows a union with a discriminator: a choice of types, and the fields of the selected one. */
function kinds(union) {
  const mapping = Object.entries(union.discriminator.mapping).filter(([name]) => name);
  const choice = el("select", { "aria-label": "Type" }, ...mapping.map(([name]) => el("option", { value: name }, name)));
  choice.value = mapping.some(([name]) => name === "talk") ? "talk" : mapping[0][0];
  const shown = el("div");
  const show = () => {
    const chosen = resolve({ $ref: union.discriminator.mapping[choice.value] });
    shown.replaceChildren(prose(chosen.description), fields(chosen));
  };
  choice.addEventListener("change", show);
  show();
  return el("div", {}, choice, shown);
}

/** Creates details whose content is built when they are opened, because schemas may be recursive. */
function later(title, make) {
  const details = el("details", {}, el("summary", {}, title));
  details.addEventListener("toggle", () => details.childElementCount === 1 && details.append(make()), { once: true });
  return details;
}

/** Returns a sample request body. */
function sample(schema) {
  const properties = { ...(inner(schema)?.properties ?? {}) };
  const left = ["id", "flow_id", "on_complete_flow_id", "webhook_uri", "webhook_method", "variables", "tm_expire"];
  if (properties.actions) left.forEach((name) => delete properties[name]);
  if (properties.destinations) delete properties.destination;
  return Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, example(name, property)]));
}

function example(name, schema) {
  const it = resolve(schema);
  if (it.name === "Address") return { type: "tel", target: name === "source" ? "+15550000000" : "+15550000001" };
  if (it.name === "Action") return { type: "talk", option: { text: "Hello from Ringdown." } };
  if (it.type === "array") return [example(name, it.items)];
  if (it.enum) return it.enum.find((value) => value !== "") ?? "";
  if (it.type === "boolean") return false;
  if (it.type === "integer" || it.type === "number") return name.endsWith("_ms") ? 250 : 0;
  if (it.type === "object") return it.properties ? sample(it) : { name: "value" };
  return { text: "Hello.", digits: "1", language: "en-US", gender: "female" }[name] ?? "";
}

function bodySchema(operation) {
  return operation.requestBody?.content["application/json"].schema;
}

function contentOf(operation) {
  return Object.entries(operation.responses[200].content)[0];
}

function show() {
  running?.abort();
  const id = decodeURIComponent(location.hash.slice(1));
  const operation = operations().find((it) => it.operationId === id);
  for (const link of menu.querySelectorAll("a")) {
    if (link.hash === `#${id}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  document.title = operation ? `${operation.summary} · Ringdown API` : "Ringdown API";
  page.replaceChildren(...(operation ? describe(operation) : overview()));
  scrollTo(0, 0);
}

function overview() {
  const about = api.tags.flatMap((tag) => [el("h3", {}, tag.name), prose(tag.description)]);
  return [el("h1", {}, `${api.info.title} ${api.info.version}`), prose(api.info.description), ...about];
}

function describe(operation) {
  const parameters = (operation.parameters ?? []).map((it) =>
    el("div", { class: "row" },
      el("div", {}, el("span", { class: "name" }, it.name),
        el("div", { class: "quiet" }, `${it.in}${it.required ? ", required" : ""}, ${typeName(it.schema)}`)),
      prose(it.description)));
  const [type, { schema }] = contentOf(operation);
  const body = bodySchema(operation);
  return [
    el("h1", {}, operation.summary),
    el("p", { class: "path" }, verb(operation.verb), " ", operation.path),
    prose(operation.description),
    ...(parameters.length ? [el("h3", {}, "Parameters"), el("div", { class: "schema" }, ...parameters)] : []),
    ...(body ? [el("h3", {}, "Body"), fields(body)] : []),
    el("h3", {}, "Response"), el("p", { class: "quiet" }, `200 ${type}, ${typeName(schema)}`), later("Fields", () => fields(schema)),
    el("h3", {}, "Error"), later("Fields", () => fields(operation.responses.default.content["application/json"].schema)),
    el("h3", {}, "Try it"), ...tryIt(operation),
  ];
}

/** Returns a form for the request, the equivalent curl command, and the response. */
function tryIt(operation) {
  const inputs = (operation.parameters ?? []).map((it) => [it, control(it)]);
  const schema = bodySchema(operation);
  const text = schema && JSON.stringify(sample(schema), null, 2);
  const body = schema && el("textarea", { "aria-label": "Body", spellcheck: "false" });
  if (body) body.value = text;
  const curl = el("pre");
  const answer = el("pre", { hidden: "" });
  const request = () => build(operation, inputs, body);
  const update = () => { curl.textContent = asCurl(request()); };
  const stop = el("button", { type: "button", hidden: "", onclick: () => running?.abort() }, "Stop");
  const form = el("form", { class: "form", oninput: update, onsubmit: (event) => {
    event.preventDefault();
    send(request(), answer, stop);
  } },
  ...inputs.map(([it, input]) => el("label", {}, el("span", { class: "name" }, it.name), input)), body,
  el("div", { class: "buttons" }, el("button", { class: "send" }, "Send"), stop));
  key.oninput = () => { sessionStorage.setItem("key", key.value); update(); };
  update();
  return [form, curl, el("h3", {}, "Response"), answer];
}

function control(parameter) {
  const { schema } = parameter;
  if (schema.enum) return el("select", {}, ...schema.enum.map((value) => el("option", { value }, value)));
  if (schema.type === "boolean") return el("select", {}, ...["", "true"].map((value) => el("option", { value }, value)));
  const many = schema.type === "array" ? "several, separated by commas" : undefined;
  return el("input", { placeholder: many, spellcheck: "false", autocomplete: "off", required: parameter.required ? "" : undefined });
}

function build(operation, inputs, body) {
  let path = operation.path;
  const query = new URLSearchParams();
  const headers = {};
  for (const [it, input] of inputs) {
    const value = input.value.trim();
    if (it.in === "path") path = path.replace(`{${it.name}}`, encodeURIComponent(value) || `{${it.name}}`);
    else if (value && it.in === "header") headers[it.name] = value;
    else if (value) (it.schema.type === "array" ? value.split(",") : [value]).forEach((one) => query.append(it.name, one.trim()));
  }
  if (body) headers["Content-Type"] = "application/json";
  const url = location.origin + path + (query.size ? `?${query}` : "");
  return { method: operation.verb.toUpperCase(), url, headers, body: body?.value };
}

function asCurl({ method, url, headers, body }) {
  const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const lines = [`curl -N -X ${method} ${quote(url)}`];
  if (key.value) lines.push("-H \"Authorization: Bearer $RINGDOWN_KEY\"");
  for (const [name, value] of Object.entries(headers)) lines.push(`-H ${quote(`${name}: ${value}`)}`);
  if (body) lines.push(`-d ${quote(body)}`);
  return lines.join(" \\\n  ");
}

async function send({ method, url, headers, body }, answer, stop) {
  running?.abort();
  const mine = (running = new AbortController());
  if (key.value) headers = { ...headers, Authorization: `Bearer ${key.value}` };
  answer.hidden = false;
  answer.classList.remove("failed");
  answer.textContent = "…";
  try {
    const response = await fetch(url, { method, headers, body, signal: mine.signal });
    answer.classList.toggle("failed", !response.ok);
    const head = `${response.status} ${response.headers.get("x-request-id") ?? ""}\n\n`;
    if (response.headers.get("content-type")?.startsWith("text/event-stream")) {
      stop.hidden = false;
      answer.textContent = head;
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let part = await reader.read(); !part.done; part = await reader.read()) answer.append(part.value);
    } else {
      const text = await response.text();
      let shown = text;
      try { shown = JSON.stringify(JSON.parse(text), null, 2); } catch { /* not JSON: shown as it is */ }
      answer.textContent = head + shown;
    }
  } catch (error) {
    if (error.name !== "AbortError") {
      answer.classList.add("failed");
      answer.textContent = String(error);
    }
  } finally {
    if (running === mine) stop.hidden = true;
  }
}

function listOperations() {
  const wanted = filter.value.toLowerCase();
  const sections = api.tags.map((tag) => {
    const found = operations().filter((it) => it.tags[0] === tag.name)
      .filter((it) => `${it.operationId} ${it.path} ${it.summary}`.toLowerCase().includes(wanted));
    const links = found.map((it) => el("a", { class: "op", href: `#${it.operationId}`, title: it.summary }, verb(it.verb), it.operationId));
    return found.length ? el("section", {}, el("h2", {}, tag.name), ...links) : undefined;
  });
  menu.replaceChildren(...sections.filter(Boolean));
}

async function start() {
  key.value = sessionStorage.getItem("key") ?? "";
  const response = await fetch("/v1.0/openapi.json");
  api = await response.json();
  filter.addEventListener("input", listOperations);
  addEventListener("hashchange", show);
  listOperations();
  show();
}

start().catch((error) => page.replaceChildren(el("p", {}, `The document could not be loaded: ${error}`)));
