using System.Net;

namespace ProviderAgent.Workloads.Tests.Ingress;

/// <summary>Questions for TXT records to a name server, also to one that lies.</summary>
public sealed class DnsResolverTests : IDisposable
{
    private const string Name = "_provider-agent.www.example.org";

    private readonly DnsServer _server = new();
    private readonly ManualTimeProvider _time = new();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Find_RecordInPieces_IsPutTogether()
    {
        var text = "owner=" + new string('a', 400);
        _server.Texts[Name] = ["something else", text];

        Assert.Equal(["something else", text], Assert.IsType<DnsTexts.Found>(await AskAsync()).Texts);
    }

    [Fact]
    public async Task Find_RecordUnderAnAlias_IsFound()
    {
        _server.Aliases[Name] = "proof.elsewhere.net";
        _server.Texts["proof.elsewhere.net"] = ["owner=x"];

        Assert.Equal(["owner=x"], Assert.IsType<DnsTexts.Found>(await AskAsync()).Texts);
    }

    [Fact]
    public async Task Find_NoSuchName_SaysSo() => Assert.IsType<DnsTexts.NoName>(await AskAsync());

    [Fact]
    public async Task Find_AnswerThatDoesNotFit_IsAskedForOverTcp()
    {
        _server.CutsPackets = true;
        _server.Texts[Name] = [.. Enumerable.Range(0, 30).Select(i => new string((char)('a' + (i % 26)), 200))];

        Assert.Equal(30, Assert.IsType<DnsTexts.Found>(await AskAsync()).Texts.Count);
        Assert.Equal(1, _server.Streams);
    }

    [Fact]
    public async Task Find_PacketOfAStranger_IsPassedOver()
    {
        _server.Texts[Name] = ["true"];
        _server.Before = question =>
        {
            var forged = DnsServer.Answer(question, 0, 0, (Name, 16, DnsServer.Text("forged")));
            forged[0] ^= 0xFF; // the id is what it would have to guess
            return forged;
        };

        Assert.Equal(["true"], Assert.IsType<DnsTexts.Found>(await AskAsync()).Texts);
    }

    [Fact]
    public async Task Find_TextsOfAnotherName_AreNotTaken()
    {
        _server.Texts[Name] = ["mine"];
        _server.Spoil = answer => DnsServer.Answer(answer[..(12 + DnsServer.Name(Name).Length + 4)], 0, 0, ("other.example.org", 16, DnsServer.Text("owner=thief")));

        Assert.Empty(Assert.IsType<DnsTexts.Found>(await AskAsync()).Texts);
    }

    [Theory]
    [InlineData("a name that points to itself")]
    [InlineData("a record that is longer than the packet")]
    [InlineData("a text that is longer than its record")]
    [InlineData("more records than there are")]
    [InlineData("a label of a kind that does not exist")]
    [InlineData("too many records")]
    [InlineData("a failure of the server")]
    public async Task Find_MalformedAnswer_IsUnknown(string malice)
    {
        _server.Texts[Name] = ["x"];
        var start = 12 + DnsServer.Name(Name).Length + 4; // the question, and with it where the first record begins
        _server.Spoil = answer =>
        {
            switch (malice)
            {
                case "a name that points to itself": (answer[start], answer[start + 1]) = ((byte)0xC0, (byte)start); break;
                case "a record that is longer than the packet": answer[^3] = 200; break;
                case "a text that is longer than its record": answer[^2] = 200; break;
                case "more records than there are": answer[7] = 9; break;
                case "a label of a kind that does not exist": answer[start] = 0x80; break;
                case "too many records": (answer[6], answer[7]) = (0xFF, 0xFF); break;
                case "a failure of the server": answer[3] = 0x82; break;
            }

            return answer;
        };

        Assert.IsType<DnsTexts.Unknown>(await AskAsync());
    }

    [Fact]
    public async Task Find_EveryLengthAndEveryByteOfAnAnswerSpoiled_NeverThrows()
    {
        var question = DnsMessage.Question(7, Name);
        var good = DnsServer.Answer(question, 0, 0, (Name, 5, DnsServer.Name("proof.elsewhere.net")), ("proof.elsewhere.net", 16, DnsServer.Text("owner=x")));
        Assert.IsType<DnsTexts.Found>(DnsMessage.Read(good, question, Name));
        for (var length = question.Length; length < good.Length; length++) Assert.NotNull(DnsMessage.Read(good.AsSpan(0, length), question, Name));
        for (var at = question.Length; at < good.Length; at++)
        {
            for (var value = 0; value < 256; value++)
            {
                var spoiled = good.ToArray();
                spoiled[at] = (byte)value;
                Assert.NotNull(DnsMessage.Read(spoiled, question, Name));
            }
        }

        await Task.CompletedTask;
    }

    [Fact]
    public async Task Find_Addresses_AreOfTheKindThatWasAskedFor()
    {
        _server.Aliases["www.example.org"] = "host.example.net";
        _server.Addresses["host.example.net"] = ["198.51.100.7", "2001:db8::7", "198.51.100.8"];
        var resolver = new DnsResolver(_time);

        Assert.Equal(["198.51.100.7", "198.51.100.8"], Assert.IsType<DnsTexts.Found>(await resolver.FindAsync([_server.Endpoint], "www.example.org", DnsRecord.A, default)).Texts);
        Assert.Equal(["2001:db8::7"], Assert.IsType<DnsTexts.Found>(await resolver.FindAsync([_server.Endpoint], "www.example.org", DnsRecord.Aaaa, default)).Texts);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 3)]
    [InlineData(1, 16)]
    [InlineData(28, 4)]
    [InlineData(28, 17)]
    public async Task Find_AddressOfTheWrongLength_IsUnknown(int kind, int length)
    {
        _server.Spoil = answer => DnsServer.Answer(answer[..(12 + DnsServer.Name(Name).Length + 4)], 0, 0, (Name, (ushort)kind, new byte[length]));

        Assert.IsType<DnsTexts.Unknown>(await new DnsResolver(_time).FindAsync([_server.Endpoint], Name, (DnsRecord)kind, default));
    }

    [Fact]
    public async Task Find_ServerThatIsSilent_IsGivenUpAndTheNextAsked()
    {
        using var second = new DnsServer();
        second.Texts[Name] = ["from the second"];
        _server.Spoil = _ => null;

        var asking = new DnsResolver(_time).FindTextsAsync([_server.Endpoint, second.Endpoint], Name, default);
        await Eventually.BecomesTrueAsync("the first to be asked", () => _server.Packets == 1);
        _time.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal(["from the second"], Assert.IsType<DnsTexts.Found>(await asking).Texts);
    }

    [Fact]
    public async Task Find_NoServerOrNoName_IsUnknown()
    {
        Assert.IsType<DnsTexts.Unknown>(await new DnsResolver(_time).FindTextsAsync([], Name, default));
        Assert.IsType<DnsTexts.Unknown>(await new DnsResolver(_time).FindTextsAsync([_server.Endpoint], new string('a', 64) + ".org", default));
        Assert.Equal(0, _server.Packets);
    }

    [Theory]
    [InlineData("9.9.9.9", "9.9.9.9:53")]
    [InlineData("127.0.0.1:5353", "127.0.0.1:5353")]
    [InlineData("::1", "[::1]:53")]
    [InlineData("[::1]:5353", "[::1]:5353")]
    public void TryParse_Server_MayHaveAPort(string text, string expected)
    {
        Assert.True(NameServers.TryParse(text, out var server));
        Assert.Equal(IPEndPoint.Parse(expected), server);
    }

    private Task<DnsTexts> AskAsync() => new DnsResolver(_time).FindTextsAsync([_server.Endpoint], Name, default);
}
