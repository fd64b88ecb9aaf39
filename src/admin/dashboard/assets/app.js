import uPlot from "uplot";

document.body.textContent = `querycop: charts by uPlot, ${uPlot.fmtDate("{YYYY}")(new Date())}`;
