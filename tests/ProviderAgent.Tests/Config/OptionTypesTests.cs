using ProviderAgent.Config;

namespace ProviderAgent.ProviderAgent.Tests.Config;

public sealed class OptionTypesTests
{
    [Fact]
    public void Agent_HasEveryTypeThatAConfigurationReaches()
    {
        var reached = new HashSet<Type>();
        Walk(typeof(AgentOptions));

        Assert.All(reached, type => Assert.True(OptionTypes.Agent.Has(type), $"{type} is missing in OptionTypes"));

        void Walk(Type type)
        {
            if (type.IsGenericType)
            {
                var plain = type.GetGenericTypeDefinition();
                if (plain == typeof(List<>) || plain == typeof(Dictionary<,>)) reached.Add(type);
                foreach (var part in type.GetGenericArguments()) Walk(part);
            }
            else if (OptionNames.IsSection(type) && reached.Add(type))
            {
                foreach (var member in OptionNames.Members(type)) Walk(member.PropertyType);
            }
        }
    }

    [Fact]
    public void Create_AddedType_HasItsDefaults() =>
        Assert.Equal(new OperatorOptions().Listen, Assert.IsType<OperatorOptions>(OptionTypes.Agent.Create(typeof(OperatorOptions))).Listen);

    [Fact]
    public void Create_MissingType_NamesIt() =>
        Assert.Contains("List`1[System.Double]", Assert.Throws<NotSupportedException>(() => OptionTypes.Agent.Create(typeof(List<double>))).Message, StringComparison.Ordinal);
}
