using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ProviderAgent.Bidding;

/// <summary>The policy that the configuration names, with its present settings.</summary>
internal sealed partial class ConfiguredPricing : IPricingPolicy, IDisposable
{
    private readonly IOptionsMonitor<PricingOptions> _options;
    private readonly ILogger<ConfiguredPricing> _log;
    private readonly HookPool _scripts;
    private readonly HookPool _questions;
    private readonly HttpClient _http;
    private volatile Prepared? _prepared;

    public ConfiguredPricing(IOptionsMonitor<PricingOptions> options, TimeProvider time, ILogger<ConfiguredPricing> log)
    {
        (_options, _log) = (options, log);
        var now = options.CurrentValue;
        _scripts = new(now.Script.Processes, time);
        _questions = new(now.Http.Connections, time);
        _http = SmallBody.CreateClient(now.Http.Connections);
    }

    public ValueTask<PriceResult> PriceAsync(PricingRequest request, CancellationToken ct)
    {
        var prepared = Prepare();
        return prepared.Plan.AsksOutside ? AskAsync(prepared, request, ct) : ValueTask.FromResult(prepared.Plan.Price(request));
    }

    public void Dispose()
    {
        _http.Dispose();
        _scripts.Dispose();
        _questions.Dispose();
    }

    private async ValueTask<PriceResult> AskAsync(Prepared prepared, PricingRequest request, CancellationToken ct)
    {
        if (request.Group.Units.Count == 0) return new PriceResult.Unpriced(DeclineReason.GroupLimits, "the group asks for nothing");
        var (options, isScript) = (prepared.Options, prepared.Options.Policy == PricingPolicyKind.Script);
        var reply = isScript
            ? await _scripts.AskAsync(options.Script.Timeout, token => ScriptHook.AskAsync(options.Script.Path, request, token), options.Script.Path, ct)
            : await _questions.AskAsync(options.Http.Timeout, token => HttpHook.AskAsync(_http, options.Http, request, token), options.Http.Url?.Host ?? "", ct);
        switch (reply)
        {
            case HookReply.None(var why):
                return why;
            case HookReply.Said(var text):
                return HookAnswer.TryRead(text, out var price) is { } invalid ? invalid : prepared.Plan.Price(request, price, isScript ? "script" : "http");
            default:
                throw new InvalidOperationException($"unknown reply {reply.GetType().Name}");
        }
    }

    private Prepared Prepare()
    {
        var now = _options.CurrentValue;
        if (_prepared is { } known && ReferenceEquals(known.Options, now)) return known;
        var fresh = new Prepared(now, new(now));
        _prepared = fresh;
        foreach (var warning in fresh.Plan.Warnings) Log.OddSetting(_log, warning);
        return fresh;
    }

    private sealed record Prepared(PricingOptions Options, PricingPlan Plan);

    private static partial class Log
    {
        [LoggerMessage(3080, LogLevel.Warning, "pricing: {Warning}", EventName = "OddPriceSetting")]
        public static partial void OddSetting(ILogger logger, string warning);
    }
}
