// Filters the catalogue: rows that have every word, and the chosen service and severity. The address keeps what is searched.
(function () {
  function start() {
    var search = document.getElementById("catalogue-search");
    if (!search || search.dataset.ready) return;
    search.dataset.ready = "true";
    var service = document.getElementById("catalogue-service");
    var severity = document.getElementById("catalogue-severity");
    var count = document.getElementById("catalogue-count");
    var rows = Array.from(document.querySelectorAll("#catalogue tbody tr"));

    function filter() {
      var words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      var shown = 0;
      rows.forEach(function (row) {
        var text = row.dataset.search + " " + row.textContent.toLowerCase();
        var fits =
          words.every(function (word) { return text.includes(word); }) &&
          (!service.value || row.dataset.service === service.value) &&
          (!severity.value || row.dataset.severity === severity.value);
        row.hidden = !fits;
        shown += fits;
      });
      count.textContent = shown + " of " + rows.length;
    }

    [search, service, severity].forEach(function (field) { field.addEventListener("input", filter); });
    search.value = new URLSearchParams(location.search).get("q") || "";
    filter();
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
