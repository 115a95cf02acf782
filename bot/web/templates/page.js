(function(){var leave=document.getElementById("leave");function go(event){if(event)event.preventDefault();document.documentElement.style.display="none";document.title="";location.replace(leave.href)}
leave.addEventListener("click",go);document.addEventListener("keydown",function(event){if(event.isComposing||event.keyCode===229)return;if(event.key==="Escape"||event.key==="Esc")go(event)})})();
