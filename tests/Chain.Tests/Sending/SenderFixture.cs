using ProviderAgent.Chain.Sending;
using ProviderAgent.Chain.Tests.Scripted;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain.Tests.Sending;

/// <summary>A chain with nodes, an outbox that survives, and senders that come and go.</summary>
internal sealed class SenderFixture : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly List<ScriptedNode> _nodes = [];
    private readonly CancellationTokenSource _stop = new();
    private Task _blocks = Task.CompletedTask;
    private ChainHost? _host;

    public ScriptedChain Chain { get; } = new();

    public MemoryOutbox Outbox { get; } = new();

    public ScriptedNode Node => _nodes[0];

    public IReadOnlyList<ScriptedNode> Nodes => _nodes;

    public ChainHost Host => _host ?? throw new InvalidOperationException("no sender runs");

    public IMarketplace Market => Host.Market;

    public static async Task<SenderFixture> CreateAsync(int nodes = 1, Action<ChainOptions>? configure = null, bool start = true)
    {
        var fixture = new SenderFixture();
        for (var i = 0; i < nodes; i++) fixture._nodes.Add(await ScriptedNode.StartAsync(fixture.Chain));
        if (start) await fixture.StartAsync(configure);
        return fixture;
    }

    /// <summary>Starts a sender over the same outbox.</summary>
    public async Task StartAsync(Action<ChainOptions>? configure = null) =>
        _host = await ChainHost.StartAsync(Outbox, options =>
        {
            options.Subscribe = false;
            options.TimeoutBlocks = 10;
            configure?.Invoke(options);
        }, null, [.. _nodes]);

    public async Task KillAsync()
    {
        await Host.KillAsync();
        _host = null;
    }

    /// <summary>Makes blocks without end, as fast as the sender looks.</summary>
    public void KeepProducing() => _blocks = Task.Run(async () =>
    {
        while (!_stop.IsCancellationRequested)
        {
            Chain.Produce();
            await Task.Delay(TimeSpan.FromMilliseconds(150), TimeProvider.System, CancellationToken.None);
        }
    });

    /// <summary>Waits until so many transactions wait in the first node's pool.</summary>
    public Task WaitForPoolAsync(int count = 1) => Eventually.BecomesTrueAsync($"{count} transactions in the pool", () => Node.Pool.Count >= count);

    public int TimesDone(MarketAction action) => Chain.TimesCarriedOut(ActionEncoder.Encode(action, TestKeys.ProviderAddress, hasReclamation: true));

    /// <summary>Submits, and fails instead of hanging when no outcome ever comes.</summary>
    public Task<ActionOutcome> SubmitAsync(MarketAction action) => Market.SubmitAsync(action, CancellationToken.None).WaitAsync(Patience);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _blocks;
        if (_host is not null) await _host.DisposeAsync();
        foreach (var node in _nodes) await node.DisposeAsync();
        _stop.Dispose();
    }
}
