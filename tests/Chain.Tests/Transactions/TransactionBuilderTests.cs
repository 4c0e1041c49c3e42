using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using ProviderAgent.Chain.Keys;
using ProviderAgent.Chain.Tests.Vectors;
using ProviderAgent.Chain.Transactions;
using ProviderAgent.Chain.Wire.Tx;

namespace ProviderAgent.Chain.Tests.Transactions;

public sealed class TransactionBuilderTests
{
    public static TheoryData<int, string> Transactions => VectorFile.Rows("transactions");

    [Theory]
    [MemberData(nameof(Transactions))]
    public async Task SignAsync_Vector_EveryPartIsEqual(int position, string name)
    {
        var entry = VectorFile.Entry("transactions", position);
        var inputs = entry.At("inputs");
        using var key = ChainKey.FromMnemonic(inputs.Text("signer.mnemonic"));
        var (body, fee) = (Body(inputs), Fee(inputs));
        var sequence = ulong.Parse(inputs.Text("sequence"));

        var signed = await TransactionBuilder.SignAsync(
            body, fee, new(inputs.Text("chain_id"), ulong.Parse(inputs.Text("account_number")), sequence), key, CancellationToken.None);
        var raw = TxRaw.Parser.ParseFrom(signed.Bytes);

        Assert.Equal(entry.Text("body_bytes.hex"), Convert.ToHexStringLower(raw.BodyBytes.Span));
        Assert.Equal(entry.Text("auth_info_bytes.hex"), Convert.ToHexStringLower(raw.AuthInfoBytes.Span));
        Assert.Equal(entry.Text("signature.hex"), Convert.ToHexStringLower(raw.Signatures.Single().Span));
        Assert.Equal(entry.Text("tx_raw.hex"), Convert.ToHexStringLower(signed.Bytes));
        Assert.Equal(entry.Text("tx_hash"), signed.Hash.Hex);
        Assert.Equal(
            entry.Text("tx_bytes_for_simulate_with_empty_signature.hex"),
            Convert.ToHexStringLower(TransactionBuilder.ForSimulation(body, fee, key.PublicKey, sequence)));
        Assert.True(name.Length > 0);
    }

    [Theory]
    [MemberData(nameof(Transactions))]
    public void Pack_VectorMessages_AreEqualAndBothEnumFormsAreRead(int position, string name)
    {
        var entry = VectorFile.Entry("transactions", position);
        var values = entry.At("inputs.messages").AsArray();
        var expected = entry.At("message_bytes").AsArray();
        Assert.Equal(values.Count, expected.Count);

        for (var i = 0; i < values.Count; i++)
        {
            var type = values[i]!.Text("type_url");
            var packed = TransactionBuilder.Pack(VectorMessage.Build(type, values[i]!.At("value")));
            Assert.Equal(type, packed.TypeUrl);
            Assert.Equal(expected[i]!.Text("hex"), Convert.ToHexStringLower(packed.Value.Span));
            if (expected[i]!["also_valid_with_unpacked_enum_list_hex"] is JsonValue unpacked)
            {
                Assert.Equal(packed.Value, VectorMessage.Parse(type, Convert.FromHexString(unpacked.GetValue<string>())).ToByteString());
            }
        }

        Assert.True(name.Length > 0);
    }

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("zz55571D7437A58B49EC1A082F1990ACD37FC621F65E4FA7941CC72982E32978")]
    public void TryParse_NoHash_IsRefused(string text) => Assert.False(TransactionHash.TryParse(text, out _));

    private static TxBody Body(JsonNode inputs)
    {
        var body = TransactionBuilder.Body(
            inputs.At("messages").AsArray().Select(message => VectorMessage.Build(message!.Text("type_url"), message!.At("value"))),
            ulong.Parse(inputs.Text("timeout_height")),
            inputs.Text("memo"));
        body.Unordered = inputs["unordered"]!.GetValue<bool>();
        if (inputs["timeout_timestamp"] is { } timeout)
        {
            body.TimeoutTimestamp = timeout is JsonObject parts
                ? new Timestamp { Seconds = long.Parse(parts["seconds"]!.ToString()), Nanos = int.Parse(parts["nanos"]!.ToString()) }
                : Timestamp.FromDateTimeOffset(DateTimeOffset.Parse(timeout.ToString()));
        }

        return body;
    }

    private static Fee Fee(JsonNode inputs)
    {
        var fee = new Fee { GasLimit = ulong.Parse(inputs.Text("gas_limit")), Granter = inputs.Text("fee_granter"), Payer = inputs.Text("fee_payer") };
        fee.Amount.Add(inputs.At("fee").AsArray().Select(coin => new Wire.Base.Coin { Denom = coin!.Text("denom"), Amount = coin!.Text("amount") }));
        return fee;
    }
}
