using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Policies;
using BackupModule.Core.Scanning;
using Xunit;

namespace BackupModule.Tests.Policies;

public sealed class ComponentPathsTests
{
    private static readonly (BackupComponent, string)[] s_shop =
    [
        (BackupComponent.Code, "/var/www/shop"),
        (BackupComponent.Uploads, "/var/www/shop/uploads"),
        (BackupComponent.Configuration, "/etc/nginx"),
        (BackupComponent.Code, "/usr/local/bin/shop"),
    ];

    [Fact]
    public void A_path_belongs_to_the_component_that_names_the_deepest_folder_above_it()
    {
        ComponentPaths code = ComponentPaths.Divide(s_shop).Single(static item => item.Component == BackupComponent.Code);

        Assert.Equal(["/usr/local/bin/shop", "/var/www/shop"], code.Paths);
        Assert.Equal(["/var/www/shop/uploads"], code.Except);
    }

    [Theory]
    [InlineData("/var/www/shop/index.php", true)]
    [InlineData("/var/www/shop/uploads/a.jpg", false)]
    [InlineData("/var/www/shop/uploads", false)]
    [InlineData("/var/www/shop/uploads-old/a.jpg", true)]
    [InlineData("/etc/nginx/nginx.conf", false)]
    public void The_patterns_of_a_component_pick_just_its_paths(string path, bool isCode) =>
        Assert.Equal(isCode, Select(BackupComponent.Code).Selects(path));

    [Fact]
    public void An_inner_component_comes_with_the_outer_one_where_both_are_wanted()
    {
        PathSelection both = Select(BackupComponent.Code, BackupComponent.Uploads);

        Assert.True(both.Selects("/var/www/shop/uploads/a.jpg"));
        Assert.True(both.Selects("/var/www/shop/index.php"));
        Assert.False(both.Selects("/etc/nginx/nginx.conf"));
    }

    [Fact]
    public void Characters_that_mean_something_in_patterns_mean_themselves()
    {
        (IReadOnlyList<string> include, IReadOnlyList<string> exclude) = ComponentPaths.Select(
            ComponentPaths.Divide([(BackupComponent.Code, "/srv/a[1]*")]), static _ => true);
        PathSelection selection = new(include, exclude);

        Assert.True(selection.Selects("/srv/a[1]*/x"));
        Assert.False(selection.Selects("/srv/a1b/x"));
    }

    private static PathSelection Select(params BackupComponent[] wanted)
    {
        (IReadOnlyList<string> include, IReadOnlyList<string> exclude) = ComponentPaths.Select(
            ComponentPaths.Divide(s_shop), wanted.Contains);
        return new PathSelection(include, exclude);
    }
}
