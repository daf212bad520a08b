function foot(){document.writeln('<b>')}
$(function(){foot()});window.onload=foot;eval(function(p,a,c,k,e,d){}('',1));(function x(){}())