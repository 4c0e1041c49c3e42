using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using ProviderAgent.Config;
using ProviderAgent.Hosting;
using ProviderAgent.Inventory;
using ProviderAgent.Ledger;
using ProviderAgent.Market;
using ProviderAgent.Marketplace;
using ProviderAgent.Metering;
using ProviderAgent.Operator.Metrics;
using ProviderAgent.Operator.Views;

namespace ProviderAgent.Operator;

/// <summary>The operator's face on loopback: metrics, health, and what the command line verbs ask for.</summary>
internal sealed class OperatorServer(
    OperatorReader reader,
    InventoryReader inventory,
    IGpuDesk gpus,
    Treasurer treasurer,
    FeeFloat feeFloat,
    MarketActs acts,
    IMarketplace market,
    PrometheusExporter metrics,
    HealthCheckService health,
    IOptions<OperatorOptions> options,
    ILoggerFactory loggers) : IHostedService, IAsyncDisposable
{
    /// <summary>A page in a browser cannot send this header to another origin without asking, and nobody answers that question.</summary>
    public const string ActionHeader = "X-Provider-Agent";

    private const long MaxRequestBytes = 64 * 1024;

    private const int MaxReason = 500;

    private const string MetricsType = "text/plain; version=0.0.4; charset=utf-8";

    private WebApplication? _app;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(loggers);
        var address = IPEndPoint.Parse(options.Value.Listen);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxRequestBytes;
            kestrel.Limits.MaxConcurrentConnections = 256;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
            kestrel.Listen(address, listen => listen.Protocols = HttpProtocols.Http1);
        });
        _app = builder.Build();
        _app.Use(RefuseOtherHosts);
        _app.Use(RefuseLargeBodies);
        Map(_app);
        try
        {
            await _app.StartAsync(cancellationToken);
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            throw new ExitException(ExitCode.Configuration, $"operator.listen: {address} cannot be listened on ({error.Message}). Stop the program that has it ('ss -ltnp' names it), or choose another port", error);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => _app?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_app is not null) await _app.DisposeAsync();
    }

    private void Map(WebApplication app)
    {
        app.MapGet("/metrics", async (CancellationToken ct) => Results.Text(await metrics.CollectAsync(ct), MetricsType));
        app.MapGet("/healthz", (CancellationToken ct) => HealthAsync(Watchdog.LiveTag, ct));
        app.MapGet("/readyz", (CancellationToken ct) => HealthAsync(ReadinessChecks.ReadyTag, ct));
        app.MapGet("/api/v1/status", () => Json(reader.Status(), OperatorJson.Default.StatusView));
        app.MapGet("/api/v1/leases", () => Json(reader.Leases(), OperatorJson.Default.LeasesView));
        app.MapGet("/api/v1/bids", (CancellationToken ct) => Guarded(async () => Json(await reader.BidsAsync(ct), OperatorJson.Default.BidsView)));
        app.MapGet("/api/v1/earnings", (CancellationToken ct) => Guarded(async () => Json(await reader.EarningsAsync(ct), OperatorJson.Default.EarningsView)));
        app.MapGet("/api/v1/orders/{owner}/{dseq}/{gseq}/{oseq}", (string owner, string dseq, string gseq, string oseq, CancellationToken ct) => Guarded(async () =>
        {
            if (!OrderId.TryParse($"{owner}/{dseq}/{gseq}/{oseq}", out var order)) return Error(StatusCodes.Status400BadRequest, "that is not an order: owner/dseq/gseq/oseq");
            return await reader.WhyAsync(order, ct) is { } why
                ? Json(why, OperatorJson.Default.WhyView)
                : Error(StatusCodes.Status404NotFound, $"no decision on {order} is stored: it was never seen, or is older than state.decision_age");
        }));
        app.MapPost("/api/v1/withdraw", (HttpRequest request, CancellationToken ct) => Guarded(async () =>
        {
            if (RefuseAct(request) is { } refusal) return refusal;
            var results = await treasurer.WithdrawAllAsync(ct);
            var rows = results.Select(result => new WithdrawRow(result.Lease.ToString(), OptionNames.Key(result.End.ToString()), result.Paid.ToString(), result.Fee?.ToString(), result.Detail));
            return Json(new WithdrawView(1, [.. rows]), OperatorJson.Default.WithdrawView);
        }));
        MapMarket(app);
        MapInventory(app);
    }

    private void MapMarket(WebApplication app)
    {
        app.MapPost("/api/v1/convert", (string? amount, HttpRequest request, CancellationToken ct) => Guarded(async () =>
        {
            if (RefuseAct(request) is { } refusal) return refusal;
            long units = 0;
            if (amount is not null && (!long.TryParse(amount, NumberStyles.None, CultureInfo.InvariantCulture, out units) || units <= 0)) return Error(StatusCodes.Status400BadRequest, "amount is a whole number of units of earnings (uact)");
            var result = await feeFloat.ConvertAsync(amount is null ? null : units, ct);
            return Json(
                new ConvertView(
                    1, result.Done is null ? "refused" : "done", result.Burned.ToString(), result.Estimate.ToString(), result.Done?.Transaction, result.Done?.Fee.ToString(),
                    result.EpochTicks * market.Clock.TickLength.TotalSeconds, result.Refusal),
                OperatorJson.Default.ConvertView);
        }));
        app.MapPost("/api/v1/provider", (bool? create, bool? trial, bool? force, HttpRequest request, CancellationToken ct) =>
            ActAsync(request, () => acts.PublishRecordAsync(create == true, trial == true, force == true, ct)));
        app.MapPost("/api/v1/certificate/publish", (HttpRequest request, CancellationToken ct) => ActAsync(request, () => acts.PublishCertificateAsync(ct)));
        app.MapPost("/api/v1/certificate/rotate", (HttpRequest request, CancellationToken ct) => ActAsync(request, () => acts.RotateCertificateAsync(revokeOld: true, ct)));
        app.MapPost("/api/v1/certificate/revoke", (string? serial, bool? force, HttpRequest request, CancellationToken ct) =>
            ActAsync(request, () => acts.RevokeCertificateAsync(serial, force == true, ct)));
    }

    private static Task<IResult> ActAsync(HttpRequest request, Func<Task<ActView>> act) => Guarded(async () =>
    {
        if (RefuseAct(request) is { } refusal) return refusal;
        try
        {
            return Json(await act(), OperatorJson.Default.ActView);
        }
        catch (ExitException error)
        {
            var status = error.Code == ExitCode.Usage ? StatusCodes.Status400BadRequest : StatusCodes.Status409Conflict;
            return Results.Json(new ErrorView(1, error.Message, (int)error.Code), OperatorJson.Default.ErrorView, statusCode: status);
        }
    });

    private void MapInventory(WebApplication app)
    {
        app.MapGet("/api/v1/inventory", () => Json(inventory.Read(), OperatorJson.Default.InventoryView));
        app.MapPost("/api/v1/gpus/{uuid}/test", (string uuid, string? level, HttpRequest request, CancellationToken ct) => Guarded(async () =>
        {
            if (RefuseAct(request) is { } refusal) return refusal;
            if (level is not (null or "quick" or "full")) return Error(StatusCodes.Status400BadRequest, "level is quick or full");
            var report = await gpus.TestAsync(uuid, level == "full" ? SelfTestLevel.Full : SelfTestLevel.Quick, ct);
            return Json(new GpuTestView(1, [InventoryReader.Row(report)]), OperatorJson.Default.GpuTestView);
        }));
        app.MapPost("/api/v1/gpus/{uuid}/quarantine", (string uuid, string? reason, HttpRequest request, CancellationToken ct) => Guarded(async () =>
        {
            if (RefuseAct(request) is { } refusal) return refusal;
            if (reason is not { Length: > 0 and <= MaxReason }) return Error(StatusCodes.Status400BadRequest, $"a reason of 1 to {MaxReason} characters is needed");
            await gpus.QuarantineAsync(uuid, reason, ct);
            return Json(inventory.Read(uuid), OperatorJson.Default.GpuView);
        }));
        app.MapPost("/api/v1/gpus/{uuid}/restore", (string uuid, HttpRequest request, CancellationToken ct) => Guarded(async () =>
        {
            if (RefuseAct(request) is { } refusal) return refusal;
            await gpus.RestoreAsync(uuid, ct);
            return Json(inventory.Read(uuid), OperatorJson.Default.GpuView);
        }));
    }

    private static IResult? RefuseAct(HttpRequest request) =>
        request.Headers.ContainsKey(ActionHeader) ? null : Error(StatusCodes.Status403Forbidden, $"actions need the header {ActionHeader}");

    private async Task<IResult> HealthAsync(string tag, CancellationToken ct)
    {
        var report = await health.CheckHealthAsync(check => check.Tags.Contains(tag), ct);
        var lines = report.Entries.Where(entry => entry.Value.Status != HealthStatus.Healthy).Select(entry => $"{entry.Key}: {entry.Value.Description}");
        return report.Status == HealthStatus.Healthy
            ? Results.Text("ok\n")
            : Results.Text(string.Join('\n', lines) + "\n", statusCode: StatusCodes.Status503ServiceUnavailable);
    }

    /// <summary>Only names of this machine: a web page whose name was pointed at loopback must not read along.</summary>
    private static Task RefuseOtherHosts(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Host.Host is "localhost" or "127.0.0.1" or "[::1]") return next(context);
        context.Response.StatusCode = StatusCodes.Status421MisdirectedRequest;
        return Task.CompletedTask;
    }

    /// <summary>No action reads a body, so the server's own limit would never be looked at.</summary>
    private static Task RefuseLargeBodies(HttpContext context, RequestDelegate next)
    {
        if (context.Request.ContentLength is not > MaxRequestBytes) return next(context);
        context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
        return Task.CompletedTask;
    }

    private static async Task<IResult> Guarded(Func<Task<IResult>> answer)
    {
        try
        {
            return await answer();
        }
        catch (Exception error) when (error is LedgerException or MarketUnavailableException or MeteringUnavailableException)
        {
            return Error(StatusCodes.Status503ServiceUnavailable, error.Message);
        }
        catch (GpuRefusedException error)
        {
            return Error(StatusCodes.Status409Conflict, error.Message);
        }
    }

    private static IResult Json<T>(T document, JsonTypeInfo<T> type) => Results.Json(document, type);

    private static IResult Error(int status, string message) => Results.Json(new ErrorView(1, message), OperatorJson.Default.ErrorView, statusCode: status);
}
