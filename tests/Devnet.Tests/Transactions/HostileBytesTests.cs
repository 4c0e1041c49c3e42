using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using ProviderAgent.Chain.Transactions;
using ProviderAgent.Devnet.Blocks;
using ProviderAgent.Devnet.Tests.Harness;

namespace ProviderAgent.Devnet.Tests.Transactions;

public sealed class HostileBytesTests
{
    private const uint UnknownTag = (999 << 3) | 2;

    [Theory]
    [InlineData("raw")]
    [InlineData("body")]
    [InlineData("auth info")]
    [InlineData("signer info")]
    [InlineData("fee coin")]
    [InlineData("message")]
    [InlineData("nested message")]
    [InlineData("any")]
    [InlineData("public key")]
    public void UnknownField_AtAnyDepth_IsCode2(string where)
    {
        using var chain = new TestChain();
        var message = Market.CreateDeployment(chain.Tenant);
        var body = TransactionBuilder.Body([message]);
        if (where == "message") body.Messages[0].Value = Extended(body.Messages[0].Value);
        if (where == "nested message")
        {
            var changed = Wire.Deployment.V1Beta4.MsgCreateDeployment.Parser.ParseFrom([.. message.ToByteArray(), .. Nested(4, message.Deposit.ToByteArray())]);
            body.Messages[0].Value = changed.ToByteString();
        }

        var raw = Wire.Tx.TxRaw.Parser.ParseFrom(chain.Sign(chain.Tenant, body));
        var info = Wire.Tx.AuthInfo.Parser.ParseFrom(raw.AuthInfoBytes);
        switch (where)
        {
            case "body": raw.BodyBytes = Extended(raw.BodyBytes); break;
            case "auth info": raw.AuthInfoBytes = Extended(raw.AuthInfoBytes); break;
            case "signer info": raw.AuthInfoBytes = ByteString.CopyFrom([.. raw.AuthInfoBytes.Span, .. Nested(1, info.SignerInfos[0].ToByteArray())]); break;
            case "fee coin": raw.AuthInfoBytes = ByteString.CopyFrom([.. raw.AuthInfoBytes.Span, .. Nested(2, [.. Nested(1, info.Fee.Amount[0].ToByteArray())], extend: false)]); break;
            case "any": raw.BodyBytes = ByteString.CopyFrom([.. raw.BodyBytes.Span, .. Nested(1, body.Messages[0].ToByteArray())]); break;
            case "public key":
                info.SignerInfos[0].PublicKey.Value = Extended(info.SignerInfos[0].PublicKey.Value);
                raw.AuthInfoBytes = info.ToByteString();
                break;
        }

        byte[] bytes = where == "raw" ? [.. raw.ToByteArray(), .. Extended(ByteString.Empty).Span] : raw.ToByteArray();
        chain.Engine.Submit(bytes).Result().Is("sdk", 2);
    }

    [Fact]
    public void UnknownField_NonCriticalInTheBody_IsIgnored()
    {
        using var chain = new TestChain();
        var body = TransactionBuilder.Body([Market.CreateDeployment(chain.Tenant)]);
        var extended = Wire.Tx.TxBody.Parser.ParseFrom([.. body.ToByteArray(), .. Field(1024 + 7, [1, 2, 3])]);

        chain.Engine.Submit(chain.Sign(chain.Tenant, extended)).Result().Is("", 0);
    }

    [Fact]
    public void ExtensionOption_IsCode2OrNone()
    {
        using var chain = new TestChain();
        var body = TransactionBuilder.Body([Market.CreateDeployment(chain.Tenant)]);
        body.ExtensionOptions.Add(new Any { TypeUrl = "/somewhere.Else" });
        chain.Engine.Submit(chain.Sign(chain.Tenant, body)).Result().Is("sdk", 2);
        body.ExtensionOptions[0] = TransactionBuilder.Pack(Market.CreateDeployment(chain.Tenant));

        chain.Engine.Submit(chain.Sign(chain.Tenant, body)).Result().Is("sdk", 31);
    }

    [Theory]
    [InlineData("swapped")]
    [InlineData("twice")]
    [InlineData("long varint")]
    [InlineData("trailing byte")]
    public void NotCanonical_IsCode2(string what)
    {
        using var chain = new TestChain();
        var raw = Wire.Tx.TxRaw.Parser.ParseFrom(chain.Sign(chain.Tenant, Market.CreateDeployment(chain.Tenant)));
        byte[] body = Field(1, raw.BodyBytes.ToByteArray()), info = Field(2, raw.AuthInfoBytes.ToByteArray()), signature = Field(3, raw.Signatures[0].ToByteArray());
        byte[] bytes = what switch
        {
            "swapped" => [.. info, .. body, .. signature],
            "twice" => [.. body, .. body, .. info, .. signature],
            "long varint" => [.. body, .. info, signature[0], (byte)(signature[1] | 0x80), 0, .. signature.AsSpan(2)],
            _ => [.. body, .. info, .. signature, 0],
        };

        chain.Engine.Submit(bytes).Result().Is("sdk", 2);
        chain.Engine.Submit((byte[])[.. body, .. info, .. signature]).Result().Is("", 0);
    }

    [Theory]
    [InlineData("amount text")]
    [InlineData("amount plus")]
    [InlineData("amount too large")]
    [InlineData("price with a point")]
    [InlineData("price too large")]
    [InlineData("value text")]
    [InlineData("duration nanos")]
    [InlineData("duration too long")]
    public void NumbersThatAreNone_AreCode2(string what)
    {
        using var chain = new TestChain();
        var message = Market.CreateDeployment(chain.Tenant);
        switch (what)
        {
            case "amount text": message.Deposit.Amount.Amount = "12x"; break;
            case "amount plus": message.Deposit.Amount.Amount = "+12"; break;
            case "amount too large": message.Deposit.Amount.Amount = new string('9', 79); break;
            case "price with a point": message.Groups[0].Resources[0].Price.Amount = "1.5"; break;
            case "price too large": message.Groups[0].Resources[0].Price.Amount = new string('9', 96); break;
            case "value text": message.Groups[0].Resources[0].Resource.Cpu.Units.Val = ByteString.CopyFromUtf8("1e3"); break;
            case "duration nanos": message.Reclamation = new() { MinWindow = new() { Seconds = 3_600, Nanos = 1_000_000_000 } }; break;
            case "duration too long": message.Reclamation = new() { MinWindow = new() { Seconds = long.MaxValue } }; break;
            default: Assert.Fail(what); break;
        }

        chain.Submit(chain.Tenant, message).Result().Is("sdk", 2);
    }

    [Fact]
    public void TextThatIsNotUtf8_IsCode2()
    {
        using var chain = new TestChain();
        var body = TransactionBuilder.Body([Market.CreateDeployment(chain.Tenant)]);
        var raw = Wire.Tx.TxRaw.Parser.ParseFrom(chain.Sign(chain.Tenant, body));
        raw.BodyBytes = ByteString.CopyFrom([.. raw.BodyBytes.Span, .. Field(2, [0xff, 0xfe])]);

        chain.Engine.Submit(raw.ToByteArray()).Result().Is("sdk", 2);
    }

    [Fact]
    public void RandomDamage_NeverBreaksTheChain()
    {
        using var chain = new TestChain();
        var good = chain.Sign(chain.Tenant, Market.CreateDeployment(chain.Tenant));
        var noise = new Noise(12345);
        for (var i = 0; i < 500; i++)
        {
            var bytes = good.ToArray();
            for (var changes = 1 + noise.Next(4); changes > 0; changes--) bytes[noise.Next(bytes.Length)] = (byte)noise.Next(256);
            if (noise.Next(3) == 0) bytes = bytes[..noise.Next(bytes.Length)];
            chain.Engine.Submit(bytes);
            chain.Engine.Simulate(bytes);
        }

        chain.Produce();
        chain.Do(chain.Provider, Market.CreateProvider(chain.Provider));
    }

    [Fact]
    public void DeepNesting_IsCode2()
    {
        using var chain = new TestChain();
        var any = new Any { TypeUrl = "/akash.deployment.v1beta4.MsgCreateDeployment" };
        var content = ByteString.Empty;
        for (var i = 0; i < 5_000; i++) content = ByteString.CopyFrom(Field(1, content.ToByteArray()));
        any.Value = content;
        var raw = new Wire.Tx.TxRaw { BodyBytes = new Wire.Tx.TxBody { Messages = { any } }.ToByteString(), Signatures = { ByteString.Empty } };

        Assert.IsType<SubmitResult.Checked>(chain.Engine.Submit(raw.ToByteArray())).Result.Is("sdk", 2);
    }

    private static ByteString Extended(ByteString bytes) => ByteString.CopyFrom([.. bytes.Span, .. Varint(UnknownTag), 1, 0]);

    private static byte[] Nested(int field, byte[] content, bool extend = true) =>
        Field(field, extend ? Extended(ByteString.CopyFrom(content)).ToByteArray() : content);

    private static byte[] Field(int field, byte[] content) => [.. Varint(((uint)field << 3) | 2), .. Varint((uint)content.Length), .. content];

    private static byte[] Varint(uint value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7) bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return [.. bytes];
    }
}
