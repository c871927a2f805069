import { defineConfig } from "vitepress";

export default defineConfig({
  title: "fastbreak",
  description: "Runs a Dataform project and does only the work that changed.",
  outDir: "../.tmp/docs",
  cacheDir: "../.tmp/docs-cache",
  srcExclude: ["api/**"],
  cleanUrls: true,
  // Documents are Markdown and nothing else: what stands in angle brackets is text.
  markdown: {
    html: false,
    config(md) {
      const { text, code_inline: code } = md.renderer.rules;
      // Braces are text, too, and nothing to be computed.
      const plain =
        (rule) =>
        (tokens, index, ...rest) =>
          rule(tokens, index, ...rest).replaceAll("{{", "&#123;&#123;");
      md.renderer.rules.text = plain(text);
      md.renderer.rules.code_inline = plain(code);
    },
  },
  themeConfig: {
    search: { provider: "local" },
    outline: [2, 3],
    nav: [
      { text: "Tour", link: "/tour" },
      { text: "Your project", link: "/own-project" },
      { text: "Commands", link: "/commands" },
    ],
    sidebar: [
      {
        text: "Begin",
        items: [
          { text: "Five minutes", link: "/tour" },
          { text: "Your own project", link: "/own-project" },
          { text: "From the Dataform CLI", link: "/migrate-dataform" },
          { text: "From dbt", link: "/migrate-dbt" },
        ],
      },
      {
        text: "Work",
        items: [
          { text: "How it decides", link: "/decisions" },
          { text: "Looking", link: "/looking" },
          { text: "The report", link: "/report" },
          { text: "The live pages", link: "/ui" },
          { text: "Column lineage", link: "/lineage" },
          { text: "Tables to begin with", link: "/seeding" },
          { text: "A BigQuery server for tests", link: "/server" },
          { text: "Operations", link: "/operations" },
          { text: "Breakers", link: "/operations/breakers" },
          { text: "Alerts", link: "/operations/alerts" },
          { text: "Deploy", link: "/operations/deploy" },
          { text: "Migrations", link: "/operations/migrations" },
          { text: "Orchestration", link: "/operations/orchestration" },
          { text: "Post mortem", link: "/operations/post-mortem" },
          { text: "Problems", link: "/operations/problems" },
          { text: "Run history", link: "/operations/run-history" },
          { text: "Runbook", link: "/operations/runbook" },
          { text: "Skips and workers", link: "/operations/skips-and-workers" },
          { text: "Status", link: "/operations/status" },
        ],
      },
      {
        text: "Look up",
        items: [
          { text: "Commands", link: "/commands" },
          { text: "Dialect", link: "/dialect" },
          { text: "BigQuery", link: "/bigquery" },
          { text: "What messages mean", link: "/faq" },
          { text: "Compared", link: "/comparison" },
          { text: "Benchmarks", link: "/benchmarks" },
          { text: "Architecture", link: "/architecture" },
        ],
      },
      {
        text: "The NBA warehouse",
        items: [
          { text: "Tables", link: "/warehouse" },
          { text: "Features", link: "/features" },
          { text: "Hashes", link: "/hashes" },
          { text: "Loading", link: "/loading" },
          { text: "Predictions", link: "/predictions" },
          { text: "Prediction systems", link: "/prediction-systems" },
        ],
      },
    ],
  },
});
