using Google.Protobuf;
using ProviderAgent.Chain.Tests.Vectors;

namespace ProviderAgent.Chain.Tests.Queries;

/// <summary>Every query of the golden data, request and response, in both directions.</summary>
public sealed class QueryVectorTests
{
    public static TheoryData<int, string> Queries => VectorFile.Rows("queries");

    [Theory]
    [MemberData(nameof(Queries))]
    public void Query_Vector_EncodesAndDecodesByteForByte(int position, string name)
    {
        var entry = VectorFile.Entry("queries", position);
        Assert.Equal(entry.Text("grpc_method"), entry.Text("abci_query.path"));
        Assert.Equal(entry.Text("request.protobuf.hex"), entry.Text("abci_query.data_hex"));
        foreach (var side in (string[])["request", "response"])
        {
            var type = entry.Text($"{side}.type");
            var bytes = entry.Hex($"{side}.protobuf.hex");
            var built = VectorMessage.Build(type, entry.At($"{side}.value"));
            Assert.Equal(Convert.ToHexStringLower(bytes), Convert.ToHexStringLower(built.ToByteArray()));
            Assert.True(built.Equals(VectorMessage.Parse(type, bytes)), name);
        }
    }
}
