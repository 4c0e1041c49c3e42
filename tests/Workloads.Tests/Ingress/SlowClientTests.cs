using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ProviderAgent.Workloads.Tests.Ingress;

/// <summary>Clients that take their time, on a real nginx. The times are the shortest that the options allow, and what passes them is other clients' work.</summary>
public sealed class SlowClientTests : IAsyncLifetime
{
    private readonly NginxRig _rig = new();

    public Task InitializeAsync()
    {
        (_rig.Options.CurrentValue.HeaderTimeout, _rig.Options.CurrentValue.BodyTimeout) = (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        return _rig.ServeAsync(_rig.Route("a.example.com", null, _rig.AddReplica(11)));
    }

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [NeedsFact(NginxRig.Program)]
    public async Task HeadSentByteByByte_IsCutOffAsAWhole_WhileOthersAreServed()
    {
        using var slow = await BeginAsync("GET / HTTP/1.1\r\nHost: a.example.com\r\nX-Slow: ");
        var (sent, served) = (0, 0);

        // Each byte is in time for the next one; only the whole head is not.
        while (await IsOpenAsync(slow) && await TrySendAsync(slow, "x"))
        {
            sent++;
            Assert.EndsWith("replica 11", await _rig.GetAsync("a.example.com"), StringComparison.Ordinal);
            served++;
        }

        Assert.InRange(sent, 1, 15_000); // not for its size
        Assert.InRange(served, sent - 1, sent);
    }

    [NeedsFact(NginxRig.Program)]
    public async Task HeadThatNeverEnds_FromManyClients_AllAreCutOff()
    {
        var slow = new List<TcpClient>();
        for (var i = 0; i < 50; i++) slow.Add(await BeginAsync("GET / HTTP/1.1\r\nHost: a.example.com\r\nX-Slow: "));

        Assert.EndsWith("replica 11", await _rig.GetAsync("a.example.com"), StringComparison.Ordinal);
        foreach (var client in slow) await EndsAsync(client);
        foreach (var client in slow) client.Dispose();
    }

    [NeedsFact(NginxRig.Program)]
    public async Task BodyThatStandsStill_IsCutOff_WhileOthersAreServed()
    {
        using var slow = await BeginAsync("POST / HTTP/1.1\r\nHost: a.example.com\r\nContent-Length: 1000\r\n\r\n");

        // It moves, a byte at a time.
        for (var sent = 0; sent < 20; sent++)
        {
            Assert.True(await TrySendAsync(slow, "x"));
            Assert.EndsWith("replica 11", await _rig.GetAsync("a.example.com"), StringComparison.Ordinal);
        }

        await EndsAsync(slow); // and no more
        Assert.EndsWith("replica 11", await _rig.GetAsync("a.example.com"), StringComparison.Ordinal);
    }

    [NeedsFact(NginxRig.Program)]
    public async Task SlowBodiesOfOneAddress_TakeNoMoreThanItsShare()
    {
        _rig.Options.CurrentValue.ConnectionsPerAddress = 5;
        await _rig.ServeAsync(_rig.Route("a.example.com", null, _rig.AddReplica(12)));
        var slow = new List<TcpClient>();
        for (var i = 0; i < 12; i++) slow.Add(await BeginAsync("POST / HTTP/1.1\r\nHost: a.example.com\r\nContent-Length: 1000\r\n\r\nx"));

        var answers = await Task.WhenAll(slow.Select(ReadSomeAsync));

        // A process from before the change may have taken some of them.
        Assert.InRange(answers.Count(answer => answer.StartsWith("HTTP/1.1 429 ", StringComparison.Ordinal)), 2, 7);
        foreach (var client in slow) client.Dispose();
    }

    private async Task<TcpClient> BeginAsync(string text)
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, _rig.HttpPort);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text));
        return client;
    }

    private static async Task<bool> TrySendAsync(TcpClient client, string text)
    {
        try
        {
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text));
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Nothing has come, not even an end.</summary>
    private static Task<bool> IsOpenAsync(TcpClient client) => Task.FromResult(!client.Client.Poll(0, SelectMode.SelectRead));

    private static async Task EndsAsync(TcpClient client) => _ = await ReadToEndAsync(client);

    private static async Task<string> ReadSomeAsync(TcpClient client)
    {
        try
        {
            var buffer = new byte[1_024];
            return Encoding.Latin1.GetString(buffer, 0, await client.GetStream().ReadAsync(buffer).AsTask().WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System));
        }
        catch (IOException)
        {
            return ""; // reset, as one that was cut off
        }
    }

    private static async Task<string> ReadToEndAsync(TcpClient client)
    {
        using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
        try
        {
            return await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);
        }
        catch (IOException)
        {
            return ""; // reset, as for one that was cut off
        }
    }
}
