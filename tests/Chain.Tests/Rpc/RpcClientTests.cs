using ProviderAgent.Chain.Rpc;
using ProviderAgent.Chain.Tests.Scripted;
using ProviderAgent.Chain.Tests.Vectors;
using ProviderAgent.Chain.Transactions;

namespace ProviderAgent.Chain.Tests.Rpc;

public sealed class RpcClientTests
{
    private const string Status = """
        {"node_info":{"network":"test-1","other":{"tx_index":"on"}},
         "sync_info":{"latest_block_height":"42","latest_block_time":"2026-01-02T03:04:05.123456789Z","earliest_block_height":"7","catching_up":false}}
        """;

    [Fact]
    public async Task StatusAsync_RealForm_IsRead()
    {
        var status = await CreateSut(Status).StatusAsync(CancellationToken.None);

        Assert.Equal(new NodeStatus("test-1", 42, DateTimeOffset.Parse("2026-01-02T03:04:05.123456789Z"), 7, false, true), status);
    }

    [Theory]
    [InlineData("\"42\"", "42")] // a number where text belongs
    [InlineData("\"42\"", "\"-1\"")]
    [InlineData("\"42\"", "\"18446744073709551616\"")]
    [InlineData("\"42\"", "\" 42\"")]
    [InlineData("\"42\"", "null")]
    [InlineData("\"2026-01-02T03:04:05.123456789Z\"", "\"yesterday\"")]
    [InlineData("false", "\"false\"")]
    [InlineData("\"test-1\"", "{}")]
    public async Task StatusAsync_WrongKindOfValue_IsMalformed(string right, string wrong)
    {
        var error = await Assert.ThrowsAsync<EndpointException>(() => CreateSut(Status.Replace(right, wrong)).StatusAsync(CancellationToken.None));

        Assert.Equal(EndpointFault.Malformed, error.Fault);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("{}")]
    public async Task Calls_ResultOfAnotherShape_AreMalformed(string result)
    {
        var client = CreateSut(result);
        Func<Task>[] calls =
        [
            () => client.StatusAsync(CancellationToken.None),
            () => client.HeaderAsync(1, CancellationToken.None),
            () => client.BlockAsync(1, CancellationToken.None),
            () => client.BlockResultsAsync(1, CancellationToken.None),
            () => client.FindTransactionAsync(TransactionHash.Of([1]), CancellationToken.None),
            () => client.AbciQueryAsync("/path", new byte[] { 1 }, CancellationToken.None),
        ];
        foreach (var call in calls) Assert.Equal(EndpointFault.Malformed, (await Assert.ThrowsAsync<EndpointException>(call)).Fault);
    }

    [Fact]
    public async Task BlockResultsAsync_Samples_AreRead()
    {
        var vectors = Repository.VectorJson("chain/events.json");
        var with = await CreateSut(vectors.At("sample_block_results_response.result").ToJsonString()).BlockResultsAsync(24681020, CancellationToken.None);
        var without = await CreateSut(vectors.At("sample_block_results_without_transactions.result").ToJsonString()).BlockResultsAsync(24681021, CancellationToken.None);

        Assert.Equal([0u, 22u, 0u], with.Transactions.Select(transaction => transaction.Code));
        Assert.Equal("market", with.Transactions[1].Codespace);
        Assert.Single(with.BlockEvents);
        Assert.Empty(without.Transactions);
    }

    [Fact]
    public async Task BlockResultsAsync_OfAnotherHeight_IsMalformed()
    {
        var sample = Repository.VectorJson("chain/events.json").At("sample_block_results_response.result").ToJsonString();

        Assert.Equal(EndpointFault.Malformed, (await Assert.ThrowsAsync<EndpointException>(() => CreateSut(sample).BlockResultsAsync(5, CancellationToken.None))).Fault);
    }

    [Theory]
    [InlineData(NodeFault.LoseRequest, nameof(EndpointFault.Unreachable))]
    [InlineData(NodeFault.LoseReply, nameof(EndpointFault.Unreachable))]
    [InlineData(NodeFault.BadGateway, nameof(EndpointFault.Malformed))]
    [InlineData(NodeFault.TooManyRequests, nameof(EndpointFault.Malformed))]
    [InlineData(NodeFault.Html, nameof(EndpointFault.Malformed))]
    [InlineData(NodeFault.Truncated, nameof(EndpointFault.Malformed))]
    [InlineData(NodeFault.WrongId, nameof(EndpointFault.Malformed))]
    [InlineData(NodeFault.Deep, nameof(EndpointFault.Malformed))]
    [InlineData(NodeFault.Huge, nameof(EndpointFault.TooLarge))]
    [InlineData(NodeFault.InternalError, nameof(EndpointFault.Refused))]
    public async Task StatusAsync_NodeFault_IsTheRightFault(NodeFault fault, string expected)
    {
        await using var node = await ScriptedNode.StartAsync(new ScriptedChain());
        node.Fail("status", fault);
        using var http = new HttpClient();
        var client = new RpcClient(http, node.Address, new(TimeSpan.FromSeconds(30), 1 << 20), TimeProvider.System);

        var error = await Assert.ThrowsAsync<EndpointException>(() => client.StatusAsync(CancellationToken.None));

        Assert.Equal(expected, error.Fault.ToString());
        Assert.Equal("test-1", (await client.StatusAsync(CancellationToken.None)).Network); // and the client still works
    }

    [Fact]
    public async Task StatusAsync_NoAnswer_EndsWithTheDeadline()
    {
        await using var node = await ScriptedNode.StartAsync(new ScriptedChain());
        node.Fail("status", NodeFault.Hang);
        var time = new ManualTimeProvider();
        using var http = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        var client = new RpcClient(http, node.Address, new(TimeSpan.FromSeconds(10), 1 << 20), time);

        var call = client.StatusAsync(CancellationToken.None);
        await Eventually.BecomesTrueAsync("the request is there", () => node.Calls.ContainsKey("status"));
        time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(EndpointFault.Deadline, (await Assert.ThrowsAsync<EndpointException>(() => call)).Fault);
    }

    [Fact]
    public async Task StatusAsync_CallerGivesUp_IsCancelledNotAFault()
    {
        await using var node = await ScriptedNode.StartAsync(new ScriptedChain());
        node.Fail("status", NodeFault.Hang);
        using var http = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        using var stop = new CancellationTokenSource();
        var client = new RpcClient(http, node.Address, new(TimeSpan.FromSeconds(60), 1 << 20), TimeProvider.System);

        var call = client.StatusAsync(stop.Token);
        await Eventually.BecomesTrueAsync("the request is there", () => node.Calls.ContainsKey("status"));
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task FindTransactionAsync_NotFoundIsNull_NoIndexIsRefused()
    {
        await using var node = await ScriptedNode.StartAsync(new ScriptedChain());
        using var http = new HttpClient();
        var client = new RpcClient(http, node.Address, new(TimeSpan.FromSeconds(30), 1 << 20), TimeProvider.System);

        Assert.Null(await client.FindTransactionAsync(TransactionHash.Of([1]), CancellationToken.None));
        node.HasIndex = false;
        Assert.Equal(EndpointFault.Refused, (await Assert.ThrowsAsync<EndpointException>(() => client.FindTransactionAsync(TransactionHash.Of([1]), CancellationToken.None))).Fault);
    }

    [Fact]
    public async Task StatusAsync_NobodyListens_IsUnreachable()
    {
        using var http = new HttpClient();
        var client = new RpcClient(http, new Uri($"http://127.0.0.1:{FreePort.Next()}"), new(TimeSpan.FromSeconds(30), 1 << 20), TimeProvider.System);

        Assert.Equal(EndpointFault.Unreachable, (await Assert.ThrowsAsync<EndpointException>(() => client.StatusAsync(CancellationToken.None))).Fault);
    }

    private static RpcClient CreateSut(string result) =>
        new(new HttpClient(new CannedHandler(result)), new Uri("http://node.test"), new(TimeSpan.FromSeconds(30), 1 << 20), TimeProvider.System);
}
