using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using ProviderAgent.Docker.Models;

namespace ProviderAgent.Docker.Tests.Streams;

public sealed class JsonLinesTests
{
    [Fact]
    public void Read_LinesCutAnywhere_GivesEveryValueInOrder() =>
        Prop.ForAll<string?[], bool[], int[]>((texts, separators, cuts) =>
        {
            var wire = new StringBuilder();
            for (var i = 0; i < texts.Length; i++)
            {
                wire.Append(JsonSerializer.Serialize(new { status = texts[i], other = new[] { 1, 2 } }));
                wire.Append(separators.Length > 0 && separators[i % separators.Length] ? "\r\n" : "\n");
            }

            Assert.Equal(texts, Read(wire.ToString(), cuts).Select(message => message.Status));
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("""{"status":"a"}{"status":"b"} {"status":"c"}""")] // no separator at all
    [InlineData("\n\r\n  {\"status\":\"a\"}\r\n\r\n{\"status\":\"b\"}\t\n{\"status\":\"c\"}")] // empty lines, and no end after the last one
    public void Read_OddSeparators_GivesEveryValue(string wire) => Assert.Equal(["a", "b", "c"], Read(wire, [1]).Select(message => message.Status));

    [Theory]
    [InlineData("""{"status":"a"}""" + "\n" + """{"sta""")]
    [InlineData("""{"status":5}""")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("pulling…")]
    [InlineData("""{"status":"a"}}""")]
    public void Read_NoProgressLine_IsAProtocolFault(string wire) => Assert.Throws<EngineProtocolException>(() => Read(wire, [4]));

    [Fact]
    public void Read_LineAtTheLimit_IsRead()
    {
        var line = $$"""{"status":"{{new string('x', 4096 - 13)}}"}""";
        Assert.Equal(4096, line.Length);

        Assert.Equal(2, Read($"{line}\n{line}\n", [100], maxLineBytes: 4096).Count);
    }

    [Theory]
    [InlineData(5000)]
    [InlineData(5_000_000)]
    public void Read_LineTooLong_IsGivenUp(int length)
    {
        var e = Assert.Throws<EngineProtocolException>(() => Read($$"""{"status":"{{new string('x', length)}}"}""", [1000], maxLineBytes: 4096));
        Assert.Contains("4096", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ReceiverThrows_PassesItOn() =>
        Assert.Throws<InvalidOperationException>(() => Read("""{"status":"a"}""", [], each: _ => throw new InvalidOperationException()));

    private static List<JSONMessage> Read(string wire, int[] cuts, int maxLineBytes = 1024 * 1024, Action<JSONMessage>? each = null)
    {
        var messages = new List<JSONMessage>();
        JsonLines.ReadAsync(
            new SplittingStream(Encoding.UTF8.GetBytes(wire), cuts), DockerJson.Type<JSONMessage>(), maxLineBytes, "test", each ?? messages.Add, default)
            .GetAwaiter().GetResult();
        return messages;
    }
}
